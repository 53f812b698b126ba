"""By day outdoors and under water: the sea, an aquarium, birds in a garden."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from annotation.demo.canvas import HEIGHT, WIDTH, Canvas, blend
from annotation.demo.scene import Scene
from annotation.demo.scenery import cloud, hills, tree
from annotation.demo.sounds import Track, clock, noise, sweep, swell


class Ocean(Scene):
    """Waves roll onto a beach; a sail on the horizon."""

    def still(self) -> Canvas:
        sky, self.sea, sun = self.variant(
            (("#4fb4ee", "#d8f1ff"), ("#0b6fae", "#3fc1d8"), (500, 70)),
            (("#5b2a6b", "#ff8a5c", "#ffd59a"), ("#4a2f6e", "#e08a6d"), (320, 150)),
            (("#8794a3", "#cfd8e0"), ("#3c5566", "#8fa9b3"), (180, 80)),
        )
        canvas = Canvas.gradient(*sky, height=HEIGHT)
        canvas.glow(*sun, 150, "#fff2c0", 0.9)
        canvas.circle(*sun, 26, "#fffbe6")
        for x, y in ((90, 60), (260, 36), (580, 110)):
            cloud(canvas, x, y, 28, alpha=0.6)
        canvas.paste(_opaque(Canvas.gradient(*self.sea, height=150)), 0, 170)
        canvas.rect(0, 318, WIDTH, 42, "#ecd3a0")
        self.glints = list(
            zip(self.spread(60, 0, WIDTH), self.spread(60, 176, 250), self.spread(60, 0, 6.28), strict=True)
        )
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        sail = 120 + 36 * time
        canvas.polygon([(sail, 176), (sail, 128), (sail + 34, 172)], "#ffffff")
        canvas.polygon([(sail - 4, 174), (sail - 4, 138), (sail - 24, 172)], "#e53935")
        canvas.polygon([(sail - 32, 176), (sail + 38, 176), (sail + 26, 188), (sail - 22, 188)], "#5d3a24")
        for x, y, phase in self.glints:
            shine = max(0.0, sin(time * 2.6 + phase))
            canvas.line([(x - 8 * shine, y), (x + 8 * shine, y)], "#ffffff", 1.3, 0.8 * shine)
        for k in range(5):
            roll = (time * 0.16 + k / 5) % 1
            level = 196 + 118 * roll**1.3
            height = 4 + 13 * roll
            crest = [
                (
                    x,
                    level
                    - height * (0.6 + 0.4 * sin(x / 46 + k * 2 + time)) * (0.6 + 0.4 * sin(x / 19 - time * 2 + k)),
                )
                for x in range(-8, WIDTH + 16, 8)
            ]
            body = blend(self.sea[0], self.sea[1], roll)
            canvas.polygon([*crest, (WIDTH + 8, level + 16), (-8, level + 16)], body, 0.85)
            canvas.line(crest, "#ffffff", 1.5 + 4 * roll, 0.9)
            canvas.line([(x, y + 7 + 4 * roll) for x, y in crest[1::2]], "#ffffff", 1.5, 0.4)
        wash = 322 + 10 * sin(time * 1.0)
        foam = [(x, wash + 4 * sin(x / 23 + time * 2)) for x in range(-8, WIDTH + 16, 8)]
        canvas.polygon([*foam, (WIDTH, 306), (0, 306)], self.sea[1], 0.8)
        canvas.line(foam, "#ffffff", 5, 0.95)
        for k in range(3):
            x, y, flap = (time * 52 + 210 * k) % 720 - 40, 60 + 26 * k + 9 * sin(time + k), 9 * sin(time * 7 + k)
            canvas.line([(x - 16, y - flap), (x, y), (x + 16, y - flap)], "#40464f", 2.4)

    def sound(self, track: Track) -> None:
        for low, high, period in ((120, 900, 3.4), (500, 4000, 2.8), (1500, 8000, 3.9)):
            track.add(
                noise(self.rng, track.seconds, low, high) * swell(self.rng, track.seconds, period, 0.06) ** 1.5,
                gain=1.0,
            )
        if self.seed % 3 == 0:
            for at in self.spread(4, 0.5, track.seconds - 1):
                track.add(sweep(1900, 1200, 0.35) + 0.5 * sweep(3800, 2400, 0.35), at, 0.35)  # gulls


def _opaque(canvas: Canvas) -> Canvas:
    return Canvas(canvas.image.convert("RGBA"))


class Aquarium(Scene):
    """Fish between plants and bubbles."""

    def still(self) -> Canvas:
        top, deep, self.fishes = self.variant(
            ("#1fb6d9", "#063a6b", ("#ff7043", "#ffd54f", "#f5f5f5", "#ec407a")),
            ("#27c4a8", "#0a3f4d", ("#7c4dff", "#ffca28", "#ff5252", "#40c4ff")),
        )
        canvas = Canvas.gradient(top, deep)
        for k in range(6):
            x = 60 + 110 * k
            canvas.polygon([(x, 0), (x + 34, 0), (x - 60, HEIGHT), (x - 150, HEIGHT)], "#ffffff", 0.07)
        hills(canvas, self.rng, 346, 40, "#d9c28c", rough=0.3)
        for x in (130, 470, 540):
            canvas.ellipse(x, 336, 52, 30, "#5c6672")
            canvas.ellipse(x - 12, 326, 24, 12, "#7b8794")
        self.swimmers = list(
            zip(
                self.spread(11, 0, 800),
                self.spread(11, 50, 280),
                self.spread(11, 40, 110),
                self.spread(11, 0.6, 1.5),
                strict=True,
            )
        )
        self.bubbles = list(zip(self.spread(40, 0, WIDTH), self.spread(40, 0, 1), self.spread(40, 1.5, 5), strict=True))
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        for k in range(16):
            root = 20 + 41 * k + (k % 3) * 8
            weed = [(root + 11 * sin(time * 1.6 + k + j * 0.6) * j / 7, 350 - j * (10 + 4 * (k % 4))) for j in range(8)]
            canvas.line(weed, ("#2e9e5b", "#58c46f", "#b94f7c")[k % 3], 7 - k % 3)
        for number, (start, y, speed, size) in enumerate(self.swimmers):
            back = number % 2 == 1
            x = (start + time * speed) % 800 - 80
            self._fish(
                canvas,
                WIDTH - x if back else x,
                y + 9 * sin(time * 1.7 + number),
                size,
                self.fishes[number % 4],
                back,
                time + number,
            )
        for x, phase, size in self.bubbles:
            rise = (phase + time * 0.22) % 1
            canvas.ring(x + 9 * sin(time * 3 + phase * 20), 350 - 360 * rise, size, size, "#ffffff", 1.2, 0.7)

    @staticmethod
    def _fish(canvas: Canvas, x: float, y: float, size: float, tint: str, back: bool, time: float) -> None:
        flip = -size if back else size
        wag = 8 * sin(time * 9)
        canvas.polygon(
            [
                (x - 22 * flip, y),
                (x - 46 * flip, y - (15 + wag) * size),
                (x - 40 * flip, y),
                (x - 46 * flip, y + (15 - wag) * size),
            ],
            blend(tint, "#000000", 0.15),
        )
        canvas.polygon(
            [(x - 8 * flip, y - 13 * size), (x + 2 * flip, y - 27 * size), (x + 13 * flip, y - 11 * size)],
            blend(tint, "#000000", 0.15),
        )
        canvas.ellipse(x, y, 30 * size, 17 * size, tint)
        for stripe in (-6, 8):
            canvas.ellipse(x + stripe * flip, y, 3 * size, 15 * size, "#ffffff", 0.75)
        canvas.circle(x + 19 * flip, y - 4 * size, 4.6 * size, "#ffffff")
        canvas.circle(x + 20 * flip, y - 4 * size, 2.4 * size, "#111111")

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 60, 350), gain=0.7)
        for at, pitch in zip(
            self.spread(int(track.seconds * 9), 0, track.seconds),
            self.spread(int(track.seconds * 9), 350, 900),
            strict=True,
        ):
            track.add(sweep(pitch, pitch * 1.9, 0.07), at, 0.8)


class Birds(Scene):
    """Birds hop on a branch among blossoms and butterflies."""

    def still(self) -> Canvas:
        sky, leaf, self.blossom = self.variant(
            (("#9fdcf7", "#eefaf0"), "#5aa84b", "#ff8fb8"), (("#bfe3ff", "#fff3d6"), "#7bb661", "#ffffff")
        )
        canvas = Canvas.gradient(*sky)
        for trunk in (60, 220, 420, 580):
            tree(canvas, trunk, 300, 190 + trunk % 50, blend(leaf, "#dff2e6", 0.45))
        canvas = canvas.blur(2)
        canvas.rect(0, 290, WIDTH, 70, leaf)
        for x, y in zip(self.spread(90, 0, WIDTH), self.spread(90, 292, 356), strict=True):
            canvas.line([(x, y), (x + 3, y - 12)], blend(leaf, "#1d5a34", 0.4), 2)
        canvas.line([(-10, 214), (160, 200), (330, 206), (520, 190), (650, 176)], "#6b4a34", 15)
        canvas.line([(330, 206), (400, 150), (452, 128)], "#6b4a34", 8)
        for x, y in zip(self.spread(26, 0, WIDTH), self.spread(26, -26, 16), strict=True):
            for k in range(5):
                canvas.circle(x + 6 * cos(k * 1.257), 196 + y + 6 * sin(k * 1.257), 4.6, self.blossom)
            canvas.circle(x, 196 + y, 3, "#ffd54f")
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        for k, (perch, body, breast) in enumerate(
            ((140, "#3d6fb5", "#ff8a50"), (300, "#8d5a3a", "#f3e3c8"), (490, "#2f8f6b", "#ffe082"))
        ):
            hop = abs(sin(time * 3.4 + k * 2)) * 15 if int(time + k + self.seed) % 3 == 0 else 0.0
            singing = int(time * 2.5 + k) % 3 == 0
            self._bird(canvas, perch + 7 * sin(time * 0.8 + k), 176 - hop - 4 * k, body, breast, singing, k == 2, time)
        for k in range(3):
            x, y = 90 + 210 * k + 70 * sin(time * 0.9 + k), 90 + 30 * k + 32 * sin(time * 1.7 + k)
            wing = 4 + 11 * abs(sin(time * 11 + k))
            for side in (-1, 1):
                canvas.ellipse(x + side * wing * 0.7, y - 4, wing * 0.75, 10, ("#ffca28", "#ba68c8", "#ff7043")[k])
            canvas.line([(x, y - 9), (x, y + 8)], "#3a2a20", 2.4)

    @staticmethod
    def _bird(
        canvas: Canvas, x: float, y: float, body: str, breast: str, singing: bool, back: bool, time: float
    ) -> None:
        flip = -1 if back else 1
        canvas.polygon(
            [
                (x - 20 * flip, y),
                (x - 58 * flip, y + 10 + 4 * sin(time * 8)),
                (x - 54 * flip, y + 20),
                (x - 14 * flip, y + 12),
            ],
            blend(body, "#000000", 0.25),
        )
        for leg in (-5, 6):
            canvas.line([(x + leg, y + 18), (x + leg + 2, y + 32)], "#4a3226", 2)
        canvas.ellipse(x, y, 29, 22, body)
        canvas.ellipse(x + 9 * flip, y + 6, 18, 15, breast)
        canvas.circle(x + 24 * flip, y - 19, 16, body)
        gape = 6 if singing else 1
        canvas.polygon([(x + 37 * flip, y - 23), (x + 54 * flip, y - 20 - gape), (x + 38 * flip, y - 17)], "#f6a821")
        canvas.polygon([(x + 37 * flip, y - 19), (x + 52 * flip, y - 16 + gape), (x + 37 * flip, y - 13)], "#e08e12")
        canvas.circle(x + 28 * flip, y - 22, 4, "#ffffff")
        canvas.circle(x + 29 * flip, y - 22, 2.3, "#111111")
        canvas.pie(x - 6 * flip, y - 4, 22, 17, 0, 180, blend(body, "#000000", 0.2))

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 200, 900), gain=0.08)
        for at, pitch in zip(
            self.spread(int(track.seconds * 1.6), 0, track.seconds - 0.8),
            self.spread(int(track.seconds * 1.6), 2600, 4600),
            strict=True,
        ):
            for k in range(int(self.rng.integers(2, 6))):
                track.add(sweep(pitch, pitch * (1.35 if k % 2 else 0.75), 0.1), at + 0.13 * k, 0.9)
        pulses = 1 + np.sin(2 * pi * 25 * clock(1.0))
        track.add(sweep(3000, 3300, 1.0) * pulses, track.seconds / 2, 0.5)  # a trill
