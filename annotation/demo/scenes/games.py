"""Video games as the screen shows them: a pixel racer, falling blocks."""

from __future__ import annotations

from math import sin

from PIL import Image

from annotation.demo.canvas import HEIGHT, WIDTH, Canvas, blend
from annotation.demo.scene import Scene
from annotation.demo.scenery import hills
from annotation.demo.sounds import RATE, Samples, Track, clock, hit, square

PIXEL = 4  # drawing units a side


class Racing(Scene):
    """A racing game of large pixels: a winding road, rivals, a speedometer."""

    def still(self) -> Canvas:
        sky, self.grass, self.hero = self.variant(
            (("#2b6fd6", "#9fe0ff"), ("#3aa845", "#2f9140"), "#e53935"),
            (("#2a0f4f", "#ff5fa2"), ("#4a2a78", "#3f2468"), "#00e5ff"),
            (("#ef8b3a", "#ffe6a3"), ("#d9a44a", "#c8923c"), "#1f6feb"),
        )
        canvas = Canvas.gradient(*sky)
        canvas.circle(440, 110, 44, "#fff3a0")
        hills(canvas, self.rng, 184, 80, blend(sky[0], "#20304a", 0.5), rough=1.4)
        return canvas

    def frame(self, time: float) -> Image.Image:
        small = super().frame(time).resize((WIDTH // PIXEL, HEIGHT // PIXEL))
        return small.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)

    def draw(self, canvas: Canvas, time: float) -> None:
        curve = 1.2 * sin(time * 0.9 + self.seed)
        way = time * (9 + self.seed)
        for y in range(168, HEIGHT, PIXEL):
            near = (y - 164) / (HEIGHT - 164)
            band = int(way + 5 / (near + 0.06)) % 2
            middle, half = self._road(near, curve)
            canvas.rect(0, y, WIDTH, PIXEL, self.grass[band])
            canvas.rect(middle - half * 1.15, y, half * 2.3, PIXEL, "#f5f5f5" if band else "#d32f2f")
            canvas.rect(middle - half, y, half * 2, PIXEL, "#55585f" if band else "#5e626a")
            if band:
                canvas.rect(middle - half * 0.03, y, half * 0.06, PIXEL, "#ffffff")
        for k, tint in enumerate(("#ffd740", "#ab47bc", "#ffffff")):
            near = ((time * 0.35 + k / 3) % 1) ** 2
            middle, half = self._road(near, curve)
            self._racer(canvas, middle + half * (-0.5 + 0.5 * k), 164 + near * 196, 0.12 + near, tint)
        self._racer(canvas, 320 + 70 * sin(time * 1.1), 342, 1.0, self.hero)
        canvas.rect(0, 0, WIDTH, 44, "#000000", alpha=0.6)
        speed = 180 + int(40 * sin(time * 0.8)) + 10 * self.seed
        for x, words in (
            (90, f"LAP {1 + int(time / 5)}/3"),
            (320, f"POS {4 - int(time / 3) % 3}"),
            (540, f"{speed} KMH"),
        ):
            canvas.text(x, 22, words, 36, "#ffeb3b")

    @staticmethod
    def _road(near: float, curve: float) -> tuple[float, float]:
        return 320 + curve * 190 * (1 - near) ** 2, 14 + 290 * near

    @staticmethod
    def _racer(canvas: Canvas, x: float, y: float, size: float, tint: str) -> None:
        for dx in (-56, 30):
            canvas.rect(x + dx * size, y - 26 * size, 26 * size, 28 * size, "#15161a")
        canvas.rect(x - 44 * size, y - 34 * size, 88 * size, 24 * size, tint)
        canvas.rect(x - 26 * size, y - 50 * size, 52 * size, 18 * size, blend(tint, "#000000", 0.35))
        canvas.rect(x - 60 * size, y - 58 * size, 120 * size, 9 * size, tint)
        for dx in (-38, 24):
            canvas.rect(x + dx * size, y - 28 * size, 14 * size, 8 * size, "#ff1744")

    def sound(self, track: Track) -> None:
        time = clock(track.seconds)
        pitch = 90 + 40 * abs((time * 0.8) % 2 - 1) + 8 * self.seed
        phase = 2 * 3.14159 * pitch.cumsum() / RATE
        engine: Samples = 0.25 * ((phase % 6.283) / 3.1416 - 1)
        track.add(engine, gain=1.0)
        for number in range(int(track.seconds / 0.18)):
            key = (0, 7, 12, 7, 3, 10, 15, 10)[(number + self.seed) % 8]
            track.add(square(440 * 2 ** (key / 12), 0.16, 6), number * 0.18, 0.6)
        for at in self.spread(2, 1, track.seconds - 1):
            track.add(hit(self.rng, 0.7, 1800, 5000, 4), at, 0.8)  # tyres


SHAPES = (
    ((0, 0), (1, 0), (2, 0), (3, 0)),
    ((0, 0), (1, 0), (0, 1), (1, 1)),
    ((0, 0), (1, 0), (2, 0), (1, 1)),
    ((0, 0), (0, 1), (1, 1), (2, 1)),
    ((0, 0), (1, 0), (1, 1), (2, 1)),
)
TINTS = ("#26c6da", "#ffca28", "#ab47bc", "#5c6bc0", "#66bb6a", "#ff7043")


class Puzzle(Scene):
    """Coloured blocks fall into a pit; full rows flash and vanish."""

    cell, columns, rows = 17.0, 10, 19

    def still(self) -> Canvas:
        top, self.frame_tint = self.variant(("#20123f", "#7c4dff"), ("#0f2f3a", "#1de9b6"))
        canvas = Canvas.gradient(top, blend(top, "#000000", 0.6))
        for x, y, size in zip(
            self.spread(40, 0, WIDTH), self.spread(40, 0, HEIGHT), self.spread(40, 6, 20), strict=True
        ):
            canvas.rect(x, y, size, size, self.frame_tint, 3, 0.10)
        canvas.rect(231, 14, 178, 332, self.frame_tint, 6)
        canvas.rect(235, 18, 170, 324, "#0a0a14")
        for x, words in ((120, "SCORE"), (520, "NEXT")):
            canvas.rect(x - 70, 60, 140, 110, "#0a0a14", 8)
            canvas.text(x, 82, words, 18, self.frame_tint)
        self.pile = [[int(self.rng.integers(6)) for _ in range(self.columns)] for _ in range(7)]
        self.holes = [int(self.rng.integers(self.columns)) for _ in range(7)]
        return canvas

    def _block(self, canvas: Canvas, x: float, y: float, tint: str) -> None:
        canvas.rect(x + 0.5, y + 0.5, self.cell - 1, self.cell - 1, tint, 2)
        canvas.rect(x + 2.5, y + 2.5, self.cell - 6, 4, "#ffffff", 2, 0.4)
        canvas.rect(x + 2.5, y + self.cell - 5, self.cell - 5, 2.5, "#000000", 1, 0.25)

    def draw(self, canvas: Canvas, time: float) -> None:
        turn, share = int(time / 1.2), (time / 1.2) % 1
        cleared = turn % 4 == 3 and share > 0.75
        for row, (tints, hole) in enumerate(zip(self.pile, self.holes, strict=True)):
            y = 342 - (row + 1) * self.cell
            for column, tint in enumerate(tints):
                if column != hole and not (row > 4 and (column + row) % 3 == 0):
                    flash = cleared and row == 2
                    self._block(canvas, 235 + column * self.cell, y, "#ffffff" if flash else TINTS[tint])
        shape = (turn * 2 + self.seed) % len(SHAPES)
        column = 1 + (turn * 3 + self.seed + int(share * 4)) % 6
        drop = int(share * 10) * self.cell
        for dx, dy in SHAPES[shape]:
            self._block(canvas, 235 + (column + dx) * self.cell, 22 + drop + dy * self.cell, TINTS[shape])
        for dx, dy in SHAPES[(shape + 2) % len(SHAPES)]:
            self._block(canvas, 488 + dx * self.cell, 110 + dy * self.cell, TINTS[(shape + 2) % len(TINTS)])
        canvas.text(120, 124, str(12400 + 120 * turn + 1000 * (turn // 4)), 28, "#ffffff")
        if cleared:
            canvas.text(320, 150, "NICE!", 44, "#ffeb3b")

    def sound(self, track: Track) -> None:
        for number in range(int(track.seconds / 0.2)):
            key = (0, 4, 7, 12, 11, 7, 4, 2, 5, 9, 12, 9)[(number + 3 * self.seed) % 12]
            track.add(square(523 * 2 ** (key / 12), 0.18, 9), number * 0.2, 0.7)
            if number % 4 == 0:
                track.add(square(131, 0.3, 6), number * 0.2, 0.8)
        for turn in range(int(track.seconds / 1.2)):
            track.add(square(180, 0.08, 20), turn * 1.2 + 1.15, 1.2)
