"""At home: a birthday, a parcel, the news."""

from __future__ import annotations

from math import cos, pi, sin

from annotation.demo.canvas import HEIGHT, WIDTH, Canvas, blend
from annotation.demo.figures import SKINS
from annotation.demo.scene import Scene
from annotation.demo.sounds import Track, crowd, hit, noise, note, sweep, swell, voice


class Birthday(Scene):
    """A cake with candles, balloons, bunting and confetti."""

    def still(self) -> Canvas:
        wall, self.icing, self.tints = self.variant(
            ("#ffd9e6", "#ff80ab", ("#ff5252", "#40c4ff", "#ffd740", "#69f0ae", "#b388ff")),
            ("#d3ecff", "#4fc3f7", ("#ffab40", "#ff4081", "#7c4dff", "#00e676", "#ffff00")),
        )
        canvas = Canvas.gradient(wall, "#ffffff")
        canvas.line([(x, 30 + 26 * sin(x / WIDTH * pi * 2) ** 2) for x in range(0, WIDTH + 10, 10)], "#888888", 1.5)
        for k in range(16):
            x, y = 20 + 40 * k, 30 + 26 * sin((20 + 40 * k) / WIDTH * pi * 2) ** 2
            canvas.polygon([(x - 13, y), (x + 13, y), (x, y + 28)], self.tints[k % 5])
        canvas.rect(0, 292, WIDTH, 68, "#fafafa")
        canvas.rect(0, 292, WIDTH, 8, self.icing)
        canvas.ellipse(320, 312, 180, 22, "#dfe5ee")
        for width, top, height, tint in ((134, 232, 76, "#f6e0b8"), (94, 172, 62, "#fff4df")):
            canvas.rect(320 - width, top, 2 * width, height, tint, 10)
            canvas.ellipse(320, top, width, 13, self.icing)
            for k in range(int(width / 13)):
                canvas.ellipse(320 - width + 13 + 26 * k, top + 10, 13, 10 + 8 * (k % 2), self.icing)
        for x, tint in ((70, self.tints[1]), (150, self.tints[2]), (520, self.tints[0])):
            canvas.rect(x - 34, 260, 68, 56, tint, 4)
            canvas.rect(x - 5, 260, 10, 56, "#ffffff")
            canvas.ellipse(x - 12, 255, 13, 7, "#ffffff")
            canvas.ellipse(x + 12, 255, 13, 7, "#ffffff")
        self.confetti = list(
            zip(self.spread(70, 0, WIDTH), self.spread(70, 0, 400), self.spread(70, 0.6, 1.4), strict=True)
        )
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        for k in range(7):
            x = (48, 108, 176, 470, 530, 592, 240)[k] + 9 * sin(time + k)
            y = 120 + 26 * (k % 3) + 11 * sin(time * 1.3 + 2 * k)
            canvas.line([(x, y + 34), (x + 7 * sin(time + k), y + 130)], "#999999", 1.2)
            canvas.ellipse(x, y, 27, 34, self.tints[k % 5])
            canvas.ellipse(x - 9, y - 12, 6, 10, "#ffffff", 0.5)
            canvas.polygon([(x - 5, y + 39), (x + 5, y + 39), (x, y + 32)], self.tints[k % 5])
        for k in range(7):
            x = 254 + 22 * k
            canvas.rect(x - 4, 134, 8, 38, self.tints[(k + 1) % 5], 2)
            flick = 3 * sin(time * 13 + k * 2)
            canvas.glow(x, 122, 34, "#ffd27a", 0.7)
            canvas.polygon([(x - 6, 128), (x + flick, 104), (x + 6, 128)], "#ff9a2e")
            canvas.ellipse(x, 127, 6, 6, "#ffd54a")
        for number, (x, y, speed) in enumerate(self.confetti):
            fall = (y + time * 80 * speed) % 400 - 20
            turn = abs(sin(time * 5 + number))
            canvas.rect(x + 14 * sin(time * 2 + number), fall, 2 + 6 * turn, 6, self.tints[number % 5])

    def sound(self, track: Track) -> None:
        tune = ((0, 0), (0.5, 4), (1, 7), (1.5, 4), (2, 9), (2.5, 7), (3, 12), (4, 7), (4.5, 9), (5, 11), (5.5, 12))
        for repeat in range(int(track.seconds / 3.2) + 1):
            for beat, key in tune:
                track.add(note(392 * 2 ** (key / 12), 0.6, (1, 0.4, 0.5, 0.1), 4), repeat * 3.2 + beat * 0.5, 0.8)
        for number in range(int(track.seconds / 0.5)):
            track.add(hit(self.rng, 0.09, 700, 5000, 40) + hit(self.rng, 0.09, 900, 4000, 35), number * 0.5 + 0.25, 0.8)
        track.add(crowd(self.rng, track.seconds), gain=0.35)


class Unboxing(Scene):
    """A parcel opens and a new gadget rises from it."""

    def still(self) -> Canvas:
        wall, self.thing = self.variant(("#e4ecf7", "phone"), ("#f4ead9", "headphones"), ("#e3e0f2", "watch"))
        canvas = Canvas.gradient(wall, blend(wall, "#ffffff", 0.6))
        canvas.rect(0, 254, WIDTH, 106, "#c49a6c")
        canvas.rect(0, 254, WIDTH, 6, "#d9b48a")
        canvas.rect(36, 120, 96, 134, "#d5dbe6", 6)
        for k in range(3):
            canvas.rect(44, 130 + 42 * k, 80, 34, ("#90a4c4", "#e0a96d", "#7fb8a4")[k], 3)
        canvas.rect(548, 150, 12, 104, "#30343f")
        canvas.circle(554, 140, 38, "#fffbe8")
        canvas.ring(554, 140, 38, 38, "#30343f", 4)
        canvas.glow(554, 140, 150, "#fff7d6", 0.6)
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        opened = min(1.0, max(0.0, (time - 1.4) / 1.2))
        rise = min(1.0, max(0.0, (time - 2.4) / 1.6))
        if opened:
            canvas.glow(320, 220, 170, "#fff1b8", 0.8 * opened)
        canvas.polygon([(206, 210), (434, 210), (410, 190), (230, 190)], "#6e4a2c")
        if rise:
            self._gadget(canvas, 320, 236 - 130 * rise + 4 * sin(time * 2), time)
        canvas.rect(206, 210, 228, 116, "#b07d4c")
        canvas.rect(306, 210, 28, 116, "#d8b07a")
        canvas.text(262, 300, "FRAGILE", 16, "#5b3a1e")
        for side in (-1, 1):
            swing = pi / 2 * (1 - opened) if opened < 1 else 0
            tip = (
                320 + side * (114 + 96 * cos(swing)) - side * 190 * (1 - opened),
                210 - 40 * sin(opened * pi / 2) + 30 * opened,
            )
            canvas.polygon(
                [
                    (320 + side * 114, 210),
                    (320 + side * 114 * (1 - opened) * 0.02 + (tip[0] - 320) * 1.0, tip[1]),
                    (tip[0] + side * 12, tip[1] - 16),
                    (320 + side * 114, 194),
                ],
                "#c8925c",
            )
        for side in (-1, 1):
            reach = 320 + side * (150 - 24 * min(1, time) + 46 * rise + 8 * sin(time * 3 + side))
            canvas.limb([(320 + side * 330, HEIGHT + 10), (reach + side * 44, 262)], "#2f5d9b", 42)
            canvas.ellipse(reach + side * 16, 254, 27, 20, SKINS[self.seed % 4])
            for finger in range(4):
                canvas.limb(
                    [(reach + side * 6, 244 + 7 * finger), (reach - side * 15, 242 + 8 * finger)],
                    SKINS[self.seed % 4],
                    8,
                )

    def _gadget(self, canvas: Canvas, x: float, y: float, time: float) -> None:
        if self.thing == "phone":
            canvas.rect(x - 36, y - 74, 72, 146, "#16181d", 12)
            canvas.rect(x - 31, y - 66, 62, 130, "#2b6fd6", 6)
            for k in range(12):
                canvas.rect(
                    x - 25 + 18 * (k % 3),
                    y - 52 + 24 * (k // 3),
                    13,
                    13,
                    ("#ffd740", "#69f0ae", "#ff8a80", "#ffffff")[k % 4],
                    4,
                )
        elif self.thing == "headphones":
            canvas.arc(x, y, 58, 66, 180, 360, "#20242c", 13)
            for side in (-1, 1):
                canvas.rect(x + side * 58 - 17, y - 12, 34, 62, "#e53935", 14)
                canvas.ellipse(x + side * 46, y + 19, 12, 28, "#14161b")
        else:
            canvas.rect(x - 22, y - 84, 44, 168, "#1f2a44", 12)
            canvas.circle(x, y, 44, "#c9ced8")
            canvas.circle(x, y, 37, "#0c1018")
            for length, speed in ((28, 1.0), (20, 0.2)):
                canvas.line([(x, y), (x + length * sin(time * speed), y - length * cos(time * speed))], "#69f0ae", 3)
        for k in range(6):
            shine = max(0.0, sin(time * 4 + k * 1.1))
            sx, sy = x + 92 * cos(k * 1.05), y + 80 * sin(k * 1.05)
            canvas.line([(sx - 8 * shine, sy), (sx + 8 * shine, sy)], "#ffc400", 2)
            canvas.line([(sx, sy - 8 * shine), (sx, sy + 8 * shine)], "#ffc400", 2)

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, 1.0, 1500, 9000) * swell(self.rng, 1.0, 0.12, 0.1), 0.5, 1.4)  # tape comes off
        for at in (1.5, 1.9):
            track.add(hit(self.rng, 0.2, 200, 2500, 20), at, 1.5)
        track.add(sweep(400, 1600, 1.0), 2.5, 0.4)
        for number in range(int(track.seconds / 0.45)):
            track.add(note(294 * 2 ** ((0, 4, 7, 11, 9, 7)[number % 6] / 12), 0.4, (1, 0.2), 7), number * 0.45, 0.3)
            track.add(hit(self.rng, 0.05, 5000, 12000, 80), number * 0.45 + 0.22, 0.4)


class News(Scene):
    """A newsreader at a desk, a picture behind, a line of headlines below."""

    headlines = (
        "NEW METRO LINE OPENS IN SPRING",
        "RIVER FESTIVAL DRAWS RECORD CROWD",
        "SCIENTISTS MAP THE DEEP SEA",
        "MARKET HALL GETS A GREEN ROOF",
    )

    def still(self) -> Canvas:
        top, self.accent, self.jacket = self.variant(
            ("#0b2350", "#e53935", "#2a3550"), ("#10343a", "#ff9800", "#5a2440")
        )
        canvas = Canvas.gradient(top, blend(top, "#ffffff", 0.3))
        for x, y in zip(self.spread(90, 0, WIDTH), self.spread(90, 0, 250), strict=True):
            canvas.circle(x, y, 1.6, "#8fc7ff", 0.5)
        canvas.rect(356, 40, 240, 150, "#e9eef5", 4)
        canvas.paste(
            Canvas(Canvas.gradient("#7cc4ee", "#e7f6ff", width=228, height=138).image.convert("RGBA")), 362, 46
        )
        canvas.text(80, 34, "CITY NEWS", 22, "#ffffff")
        canvas.rect(20, 48, 120, 4, self.accent)
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        for k in range(6):
            tall = 30 + 60 * abs(sin(k * 1.3 + self.seed + 0.25 * time))
            canvas.rect(378 + 34 * k, 178 - tall, 24, tall, (self.accent, "#1f6feb", "#43a047")[k % 3], 2)
        skin, nod = SKINS[self.seed % 4], 3 * sin(time * 2.2)
        canvas.ellipse(230, 280, 96, 96, self.jacket)
        canvas.polygon([(208, 196), (252, 196), (230, 268)], "#ffffff")
        canvas.polygon([(224, 204), (236, 204), (240, 262), (230, 272), (220, 262)], self.accent)
        canvas.rect(215, 168 + nod, 30, 32, blend(skin, "#000000", 0.08), 8)
        canvas.ellipse(230, 122 + nod, 49, 54, "#2b1d14")
        canvas.ellipse(230, 132 + nod, 41, 48, skin)
        canvas.pie(230, 108 + nod, 43, 32, 180, 360, "#2b1d14")
        for side in (-1, 1):
            canvas.ellipse(230 + 16 * side, 128 + nod, 6, 1 if time % 2.4 < 0.15 else 4.5, "#20242c")
            canvas.line([(230 + 9 * side, 116 + nod), (230 + 24 * side, 115 + nod)], "#2b1d14", 2.6)
        canvas.line([(230, 132 + nod), (226, 146 + nod), (232, 147 + nod)], blend(skin, "#000000", 0.25), 2)
        canvas.ellipse(230, 160 + nod, 13, 2 + 6 * abs(sin(time * 9)) * (0.3 + 0.7 * abs(sin(time * 2.3))), "#a33b3b")
        canvas.polygon([(60, 268), (420, 268), (450, 330), (30, 330)], "#c9d3e2")
        canvas.rect(60, 262, 360, 8, "#ffffff")
        canvas.rect(0, 312, WIDTH, 48, "#0a1020")
        canvas.rect(0, 312, 96, 48, self.accent)
        canvas.text(48, 336, "LIVE", 24, "#ffffff")
        ticker = "   *   ".join(self.headlines[(k + self.seed) % 4] for k in range(4))
        canvas.text(620 - time * 95, 336, ticker, 20, "#ffffff", anchor="lm")
        canvas.rect(0, 312, 96, 48, self.accent)
        canvas.text(48, 336, "LIVE", 24, "#ffffff")

    def sound(self, track: Track) -> None:
        for k, key in enumerate((0, 7, 12)):
            track.add(note(523 * 2 ** (key / 12), 0.9, (1, 0.5, 0.3), 3), k * 0.2, 0.7)
        vowels = (
            ((730, 1.0), (1090, 0.6)),
            ((300, 1.0), (2200, 0.5)),
            ((530, 1.0), (1840, 0.6)),
            ((570, 1.0), (840, 0.7)),
            ((440, 1.0), (1020, 0.6)),
        )
        at = 0.9
        while at < track.seconds - 0.3:
            length = float(self.rng.uniform(0.11, 0.24))
            pitch = float(self.rng.uniform(105, 150)) * (1.5 if self.seed % 2 else 1)
            track.add(voice(pitch, length, vowels[int(self.rng.integers(5))], bend=-0.1), at, 0.8)
            if self.rng.random() < 0.4:
                track.add(hit(self.rng, 0.06, 3000, 9000, 40), at, 0.35)
            at += length + (0.35 if self.rng.random() < 0.12 else 0.02)
