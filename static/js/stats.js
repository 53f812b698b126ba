/** The figures in the header bar: today's reviews, seconds a clip, clips waiting. */
const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

/** @param {{today: number, seconds: number | null, waiting: number}} stats */
export function showStats(stats) {
  for (const place of document.querySelectorAll("[data-stat]")) {
    const figure = stats[place.dataset.stat];
    place.textContent = figure === null || figure === undefined ? "–" : format.format(figure);
  }
}
