"""On the road: traffic under a skyline, and the view from a train."""

from __future__ import annotations

from math import sin

from annotation.demo.canvas import HEIGHT, WIDTH, Canvas, blend
from annotation.demo.scene import Scene
from annotation.demo.scenery import cloud, hills, skyline, tree
from annotation.demo.sounds import Track, hit, noise, pad, swell, thump

PAINTS = ("#d32f2f", "#fbc02d", "#1976d2", "#f5f5f5", "#388e3c", "#7b1fa2", "#455a64", "#ff8a3d")


def car(canvas: Canvas, x: float, y: float, size: float, paint: str, mirrored: bool, lights: bool) -> None:
    """A car on wheels that stand at y, its middle at x."""
    flip = -1 if mirrored else 1
    canvas.ellipse(x, y + 2, 62 * size, 6 * size, "#000000", 0.35)
    canvas.rect(x - 56 * size, y - 34 * size, 112 * size, 26 * size, paint, 9 * size)
    roof = [(-34, -33), (-22, -56), (20, -56), (40, -33)]
    canvas.polygon([(x + flip * px * size, y + py * size) for px, py in roof], paint)
    for left, right in ((-27, -2), (3, 32)):
        top = [(left + 5, -52), (right - (8 if right > 10 else 0), -52), (right, -35), (left, -35)]
        canvas.polygon(
            [(x + flip * px * size, y + py * size) for px, py in top], "#bfe3f7" if not lights else "#36465a"
        )
    canvas.line(
        [(x - 54 * size, y - 20 * size), (x + 54 * size, y - 20 * size)], blend(paint, "#000000", 0.3), 2 * size
    )
    for wheel in (-34, 34):
        canvas.circle(x + wheel * size, y - 6 * size, 12 * size, "#16181d")
        canvas.circle(x + wheel * size, y - 6 * size, 5 * size, "#aab2bf")
    if lights:
        canvas.glow(x + flip * 66 * size, y - 22 * size, 46 * size, "#fff3b0", 0.9)
    canvas.circle(x + flip * 53 * size, y - 23 * size, 4 * size, "#fff6c9")
    canvas.circle(x - flip * 54 * size, y - 23 * size, 3.5 * size, "#ff3b30")


def bus(canvas: Canvas, x: float, y: float, paint: str) -> None:
    canvas.ellipse(x, y + 2, 130, 7, "#000000", 0.35)
    canvas.rect(x - 122, y - 88, 244, 80, paint, 8)
    for k in range(7):
        canvas.rect(x - 112 + 33 * k, y - 76, 27, 26, "#cfe8f5", 3)
    canvas.rect(x - 122, y - 40, 244, 6, "#ffffff")
    canvas.text(x, y - 24, "CENTRAL 42", 13, "#ffffff")
    for wheel in (-78, 78):
        canvas.circle(x + wheel, y - 6, 15, "#16181d")
        canvas.circle(x + wheel, y - 6, 6, "#aab2bf")


class Traffic(Scene):
    """Four lanes of cars and a bus in front of tall houses."""

    def still(self) -> Canvas:
        sky, wall, window, self.dark = self.variant(
            (("#5fb0e8", "#d9eefb"), "#8a99ad", "#dbeaf5", False),
            (("#10162e", "#3b3564"), "#1d2240", "#ffd27a", True),
            (("#e2725b", "#ffd9a0"), "#6d5a72", "#ffe3a8", False),
        )
        canvas = Canvas.gradient(*sky)
        if not self.dark:
            for x, y in ((120, 50), (400, 34), (560, 80)):
                cloud(canvas, x, y, 26)
        skyline(canvas, self.rng, 216, 190, blend(wall, sky[1], 0.45), window, 0.2)
        skyline(canvas, self.rng, 218, 140, wall, window, 0.5)
        canvas.rect(0, 214, WIDTH, 18, "#9aa0a8")
        canvas.rect(0, 232, WIDTH, 128, "#3a3f4a")
        canvas.rect(0, 232, WIDTH, 3, "#e8e8e8", alpha=0.7)
        for x in range(0, WIDTH, 64):
            canvas.rect(x, 262, 34, 3, "#f0f0f0", alpha=0.8)
            canvas.rect(x, 326, 40, 4, "#f0f0f0", alpha=0.8)
        canvas.rect(0, 289, WIDTH, 3, "#f7c948")
        lanes = ((258, 0.62, True), (286, 0.74, True), (320, 0.95, False), (356, 1.15, False))
        self.cars = [
            (y, size, back, speed * (0.6 + size), offset, PAINTS[int(paint)])
            for y, size, back in lanes
            for speed, offset, paint in zip(
                [self.spread(1, 90, 170)[0]] * 3,
                (0, 260 + self.spread(1, 0, 60)[0], 560),
                self.spread(3, 0, 8),
                strict=True,
            )
        ]
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        bus_x = (time * 85 + 120 * self.seed) % 1100 - 200
        for number, (y, size, back, speed, offset, paint) in enumerate(self.cars):
            if number == 6:
                bus(canvas, bus_x, 296, "#c62828" if self.seed % 2 else "#00796b")
            x = (offset + time * speed) % 860 - 110
            car(canvas, WIDTH - x if back else x, y, size, paint, back, self.dark)
        green = (time + self.seed) % 6 < 3
        canvas.rect(596, 120, 6, 120, "#20242c")
        canvas.rect(586, 84, 26, 62, "#20242c", 6)
        for k, (on, tint) in enumerate(((not green, "#ff3b30"), (False, "#ffcc00"), (green, "#34c759"))):
            canvas.circle(599, 95 + 19 * k, 7, tint if on else "#3c414c")
            if on:
                canvas.glow(599, 95 + 19 * k, 26, tint, 0.8)

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 40, 260) * swell(self.rng, track.seconds, 2, 0.4), gain=2.0)
        for at in self.spread(int(track.seconds * 0.8), 0, track.seconds - 2):
            passing = noise(self.rng, 2.2, 120, 1600) * swell(self.rng, 2.2, 2.2, 0.02)
            track.add(passing, at, 1.1)
        for at in self.spread(3, 0.5, track.seconds - 1):
            track.add(pad(392, 0.45, (1, 0.8, 0.6, 0.4)) + pad(494, 0.45, (1, 0.8, 0.6)), at, 0.7)


class Train(Scene):
    """Fields, trees and poles fly past the window of a train."""

    def still(self) -> Canvas:
        sky, self.field, self.frame_paint = self.variant(
            (("#6db8ec", "#e2f3fd"), "#86b35a", "#d8d2c4"), (("#f28b66", "#ffe0b0"), "#b98f4a", "#b7c4cf")
        )
        canvas = Canvas.gradient(*sky)
        canvas.glow(470, 90, 90, "#fff4c9", 0.9)
        self.far, self.near, self.trees = Canvas.layer(2 * WIDTH), Canvas.layer(2 * WIDTH), Canvas.layer(2 * WIDTH)
        for layer, base, height, tint in (
            (self.far, 190, 90, blend("#7f93b8", sky[1], 0.3)),
            (self.near, 250, 80, blend(self.field, "#2e5d3a", 0.5)),
        ):
            state = self.rng.bit_generator.state
            strip = Canvas.layer()
            hills(strip, self.rng, base, height, tint, rough=0.5)
            self.rng.bit_generator.state = state
            layer.paste(strip)
            layer.paste(strip, WIDTH)
        for x, size in zip(self.spread(9, 30, WIDTH - 30), self.spread(9, 60, 110), strict=True):
            for shift in (0, WIDTH):
                tree(self.trees, x + shift, 282, size, blend(self.field, "#1d5a34", 0.6))
        self.cabin = self._cabin()
        return canvas

    def _cabin(self) -> Canvas:
        cabin = Canvas.layer()
        cabin.rect(0, 0, WIDTH, 34, self.frame_paint)
        cabin.rect(0, 296, WIDTH, 64, self.frame_paint)
        for x, width in ((0, 40), (306, 26), (600, 40)):
            cabin.rect(x, 0, width, HEIGHT, self.frame_paint)
            cabin.rect(x + width - 4, 34, 4, 262, "#000000", alpha=0.2)
        cabin.rect(0, 292, WIDTH, 9, "#8d8779")
        cabin.rect(60, 318, 170, 60, "#2d5d8a", 16)
        cabin.rect(400, 318, 170, 60, "#2d5d8a", 16)
        cabin.rect(252, 306, 130, 12, "#7a5c3e", 3)
        cabin.rect(300, 276, 26, 30, "#fbfbfb", 4)
        cabin.ring(328, 290, 7, 8, "#fbfbfb", 3)
        cabin.polygon([(56, 34), (110, 34), (60, 296), (40, 296), (40, 120)], "#ffffff", 0.12)
        cabin.polygon([(430, 34), (480, 34), (390, 296), (350, 296)], "#ffffff", 0.10)
        return cabin

    def draw(self, canvas: Canvas, time: float) -> None:
        for k in range(3):
            cloud(canvas, (k * 260 - time * 12) % 800 - 80, 66 + 22 * k, 24)
        canvas.paste(self.far, -(time * 40) % WIDTH - WIDTH)
        canvas.paste(self.near, -(time * 120) % WIDTH - WIDTH)
        canvas.rect(0, 244, WIDTH, 60, self.field)
        for k in range(9):
            x = (k * 90 - time * 300) % 810 - 90
            canvas.polygon(
                [(x, 304), (x + 40, 304), (x + 80, 250), (x + 68, 250)], blend(self.field, "#ffffff", 0.18), 0.8
            )
        canvas.paste(self.trees, -(time * 330) % WIDTH - WIDTH)
        pole = WIDTH - (time * 900) % 1300
        canvas.line([(pole, 300), (pole, 20)], "#3c3a38", 9)
        for k in range(2):
            canvas.line(
                [(0, 56 + 16 * k + 10 * sin(time * 5)), (WIDTH, 60 + 16 * k - 10 * sin(time * 5))], "#3c3a38", 1.4
            )
        canvas.paste(self.cabin, 0, 1.2 * sin(time * 21))

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 30, 300), gain=1.6)
        track.add(noise(self.rng, track.seconds, 800, 3000) * swell(self.rng, track.seconds, 3), gain=0.2)
        at = 0.2
        while at < track.seconds:
            for shift in (0.0, 0.14):
                track.add(thump(150, 0.12, 40) + 3 * hit(self.rng, 0.12, 800, 3500, 45), at + shift, 0.9)
            at += 0.72
        if self.seed % 2:
            track.add(pad(311, 1.4) + pad(370, 1.4) + pad(466, 1.4), 2.0, 0.8)
