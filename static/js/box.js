/** A frame around a part of the clip's picture: the face that speaks for a tag. It goes when the clip moves on. */

/**
 * Stop the clip and frame the part. The caller seeks to its moment.
 * @param {HTMLVideoElement} video
 * @param {string} box left, top, width and height in per cent of the picture
 */
export function frame(video, box) {
  video.pause();
  video.parentElement.querySelector(":scope > .box")?.remove();
  const [left, top, width, height] = box.split(" ").map((share) => Number(share) / 100);
  const { videoWidth, videoHeight, clientWidth, clientHeight } = video;
  const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight); // the picture is fitted in whole
  const shown = { width: videoWidth * scale, height: videoHeight * scale };
  const mark = document.createElement("i");
  mark.className = "box";
  mark.style.left = `${video.offsetLeft + (clientWidth - shown.width) / 2 + left * shown.width}px`;
  mark.style.top = `${video.offsetTop + (clientHeight - shown.height) / 2 + top * shown.height}px`;
  mark.style.width = `${width * shown.width}px`;
  mark.style.height = `${height * shown.height}px`;
  video.after(mark);
  const gone = new AbortController();
  const remove = () => {
    mark.remove();
    gone.abort();
  };
  video.addEventListener("play", remove, { signal: gone.signal });
  addEventListener("resize", remove, { signal: gone.signal });
  video.addEventListener(
    "seeked",
    () => video.addEventListener("seeking", remove, { signal: gone.signal }),
    { once: true, signal: gone.signal },
  );
}
