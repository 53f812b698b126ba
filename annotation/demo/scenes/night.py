"""After sunset: shooting stars, fireworks, a campfire."""

from __future__ import annotations

from math import cos, pi, sin

from PIL import Image, ImageOps

from annotation.demo.canvas import SCALE, WIDTH, Canvas, blend
from annotation.demo.scene import Scene
from annotation.demo.scenery import hills, pine, skyline, stars
from annotation.demo.sounds import Track, crowd, hit, noise, pad, sweep, swell, thump


class Stars(Scene):
    """The Milky Way above mountains and a tent, now and then a shooting star."""

    def still(self) -> Canvas:
        sky, haze, self.tent = self.variant(
            (("#050a1f", "#14285a", "#3c4f86"), "#7f6bd6", "#ff9d4d"),
            (("#04101c", "#0c3b4a", "#2f7a6b"), "#4dd6a8", "#ffd54f"),
            (("#0a0618", "#2a1650", "#7a3f72"), "#e07ab8", "#ff6f61"),
        )
        canvas = Canvas.gradient(*sky)
        for share in range(26):
            x, y = 60 + share * 21, 250 - share * 10 + 16 * sin(share * 1.3)
            canvas.glow(x, y, 70 + 20 * (share % 3), haze, 0.14)
        stars(canvas, self.rng, 520, 290)
        hills(canvas, self.rng, 310, 130, "#0c1430", rough=1.4)
        hills(canvas, self.rng, 350, 80, "#060a1a", rough=0.8)
        canvas.glow(180, 312, 80, self.tent, 0.7)
        canvas.polygon([(130, 330), (180, 284), (236, 330)], self.tent)
        canvas.polygon([(168, 330), (180, 284), (192, 330)], "#3a2210")
        for x in (20, 60, 300, 420, 560, 610):
            pine(canvas, x, 346, 70 + x % 40, "#04070f")
        self.meteors = list(
            zip(self.spread(6, 0.3, self.seconds), self.spread(6, 80, 560), self.spread(6, 10, 110), strict=True)
        )
        self.bright = list(
            zip(self.spread(40, 0, WIDTH), self.spread(40, 0, 230), self.spread(40, 0, 6.28), strict=True)
        )
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        for x, y, phase in self.bright:
            shine = 0.5 + 0.5 * sin(time * 3 + phase)
            canvas.circle(x, y, 1.1 + 1.1 * shine, "#ffffff", 0.4 + 0.6 * shine)
            canvas.line([(x - 5 * shine, y), (x + 5 * shine, y)], "#ffffff", 0.6, 0.6 * shine)
            canvas.line([(x, y - 5 * shine), (x, y + 5 * shine)], "#ffffff", 0.6, 0.6 * shine)
        for at, x, y in self.meteors:
            age = (time - at) / 0.8
            if 0 <= age < 1:
                for k in range(14):
                    tail = age - k * 0.02
                    canvas.circle(
                        x - 210 * tail, y + 110 * tail, 2.4 * (1 - k / 14), "#ffffff", (1 - k / 14) * (1 - age**2)
                    )

    def sound(self, track: Track) -> None:
        track.add(pad(110, track.seconds) + pad(165, track.seconds) + 0.5 * pad(220, track.seconds), gain=0.5)
        for number in range(int(track.seconds / 0.7)):
            for chirp in range(3):
                track.add(sweep(4200, 4350, 0.05), number * 0.7 + chirp * 0.07, 0.5)  # crickets


class Fireworks(Scene):
    """Rockets burst over a city by the water."""

    def still(self) -> Canvas:
        sky, self.tints = self.variant(
            (("#050816", "#1b2350"), ("#ff5252", "#ffd740", "#40c4ff", "#69f0ae")),
            (("#0d0716", "#3a1745"), ("#ff80ab", "#b388ff", "#ffffff", "#ffab40")),
        )
        canvas = Canvas.gradient(*sky)
        stars(canvas, self.rng, 90, 200)
        skyline(canvas, self.rng, 270, 90, "#10142b", "#ffd27a", 0.6)
        self._water(canvas)
        beat = 0.75 + 0.15 * (self.seed % 2)
        count = int(self.seconds / beat) + 2
        self.rockets = list(
            zip(
                [beat * k - 0.9 for k in range(count)],
                self.spread(count, 90, 550),
                self.spread(count, 60, 150),
                self.spread(count, 70, 115),
                strict=True,
            )
        )
        return canvas

    def _water(self, canvas: Canvas) -> None:
        upper = canvas.image.crop((0, 180 * SCALE, WIDTH * SCALE, 270 * SCALE))
        wet = Canvas(ImageOps.flip(upper)).blur(2)
        canvas.image.paste(Image.blend(wet.image, Image.new("RGB", wet.image.size, "#060a1c"), 0.5), (0, 270 * SCALE))

    def draw(self, canvas: Canvas, time: float) -> None:
        for number, (at, x, y, size) in enumerate(self.rockets):
            age = time - at
            tint = self.tints[number % 4]
            if 0 <= age < 0.6:
                rise = 270 - (270 - y) * (age / 0.6)
                canvas.line([(x, rise), (x, rise + 22)], "#ffe9b0", 2, 0.9)
            elif 0.6 <= age < 2.2:
                self._burst(canvas, x, y, size, (age - 0.6) / 1.6, tint)

    @staticmethod
    def _burst(canvas: Canvas, x: float, y: float, size: float, age: float, tint: str) -> None:
        reach = size * (1 - (1 - age) ** 3)
        fade = (1 - age) ** 1.2
        canvas.glow(x, y, size * 1.3, tint, 0.7 * fade)
        canvas.glow(x, 330, size, tint, 0.4 * fade)
        for ring, share in ((26, 1.0), (18, 0.66), (10, 0.33)):
            for k in range(ring):
                angle = 2 * pi * k / ring + ring
                tip = (x + reach * share * cos(angle), y + reach * share * sin(angle) + 36 * age**2)
                root = (x + reach * share * 0.8 * cos(angle), y + reach * share * 0.8 * sin(angle) + 28 * age**2)
                canvas.line([root, tip], tint, 1.6, fade)
                canvas.circle(*tip, 2.0, blend(tint, "#ffffff", 0.6), fade)

    def sound(self, track: Track) -> None:
        track.add(crowd(self.rng, track.seconds), gain=0.12)
        for at, _, _, size in self.rockets:
            track.add(sweep(700, 2400, 0.55), max(0.0, at), 0.2)
            boom = max(0.0, at + 0.6)
            track.add(thump(48, 0.9, 5), boom, 1.4 * size / 100)
            track.add(hit(self.rng, 0.5, 200, 3000, 8), boom, 1.5)
            for spark in self.spread(16, 0.15, 1.2):
                track.add(hit(self.rng, 0.02, 3000, 12000, 150), boom + spark, 1.2)


class Campfire(Scene):
    """Flames, sparks and tree trunks in their light."""

    def still(self) -> Canvas:
        sky, self.ground = self.variant((("#070b1c", "#142038"), "#1a1410"), (("#12091c", "#3a2038"), "#211510"))
        canvas = Canvas.gradient(*sky)
        stars(canvas, self.rng, 160, 170)
        hills(canvas, self.rng, 270, 70, "#0a1122", rough=0.7)
        for x in self.spread(13, 0, WIDTH):
            pine(canvas, x, 286, 130 + x % 60, blend("#0b1a18", "#3a2a18", 0.5 - min(0.5, abs(x - 320) / 500)))
        canvas.rect(0, 276, WIDTH, 90, self.ground)
        canvas.glow(320, 290, 330, "#ff9a3c", 0.75)
        for x in (110, 500):
            canvas.limb([(x, 318), (x + 90, 312)], "#5a3a22", 20)
            canvas.circle(x + 92, 312, 10, "#a87446")
        for k in range(9):
            canvas.ellipse(250 + 17.5 * k, 334 + (k % 2) * 5, 13, 9, "#5d5f66")
        self.sparks = list(
            zip(self.spread(30, -40, 40), self.spread(30, 0, 1), self.spread(30, 0.25, 0.5), strict=True)
        )
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        canvas.glow(320, 270, 150 + 8 * sin(time * 9), "#ffb347", 0.8)
        canvas.limb([(256, 330), (380, 312)], "#4a2c18", 16)
        canvas.limb([(384, 330), (262, 312)], "#5d3820", 16)
        for share, tint in ((1.0, "#ff5a1f"), (0.74, "#ff9a2e"), (0.5, "#ffd54a"), (0.26, "#fff7c9")):
            points = [(320 - 66 * share, 318.0)]
            for k in range(7):
                lick = 0.55 + 0.45 * sin(time * (7 + k) + 2.1 * k + self.seed)
                x = 320 + share * (-52 + 17.3 * k)
                peak = 318 - share * (60 + 120 * (1 - abs(k - 3) / 3.6)) * (0.55 + 0.45 * lick)
                points += [(x - 9 * share, (318 + 2 * peak) / 3 + 18 * share), (x + 7 * sin(time * 6 + k), peak)]
            canvas.polygon([*points, (320 + 66 * share, 318)], tint, 0.9)
        for x, phase, speed in self.sparks:
            rise = (time * speed + phase) % 1
            canvas.circle(320 + x + 30 * sin(3 * time + 9 * phase) * rise, 290 - 250 * rise, 1.8, "#ffcf66", 1 - rise)

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 60, 700) * swell(self.rng, track.seconds, 0.9, 0.5), gain=0.8)
        for at in self.spread(int(track.seconds * 16), 0, track.seconds):
            track.add(hit(self.rng, 0.03, 900, 9000, 120), at, 2.6)
        for at in self.spread(4, 0.5, track.seconds - 1):
            track.add(thump(220, 0.15, 30) + 2 * hit(self.rng, 0.15, 500, 6000, 30), at, 0.7)
