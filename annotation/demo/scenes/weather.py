"""Rain in a street, snow on a slope."""

from __future__ import annotations

from math import sin

from PIL import Image, ImageOps

from annotation.demo.canvas import HEIGHT, SCALE, WIDTH, Canvas
from annotation.demo.figures import SKINS, Look, Pose, person, running
from annotation.demo.scene import Scene
from annotation.demo.scenery import hills, pine, skyline
from annotation.demo.sounds import Track, hit, noise, swell, thump


class Rain(Scene):
    """A wet street with lamps, somebody under an umbrella, and rain on everything."""

    def still(self) -> Canvas:
        sky, wall, self.light, self.umbrella = self.variant(
            (("#0b1426", "#223655"), "#1a2740", "#ffcf7a", "#d7432c"),
            (("#3a4654", "#78848f"), "#4b5866", "#fff3cf", "#e8b62c"),
            (("#2b1b3d", "#6a4468"), "#3a2a52", "#ff9ecb", "#2fb5a8"),
        )
        self.lamps = [90.0, 330.0, 560.0]
        canvas = Canvas.gradient(*sky, height=HEIGHT)
        skyline(canvas, self.rng, 235, 190, wall, self.light, lit=0.45)
        for x in self.lamps:
            canvas.line([(x, 240), (x, 96), (x + 26, 90)], "#0c0f16", 4)
            canvas.glow(x + 28, 94, 90, self.light, 0.75)
            canvas.ellipse(x + 28, 93, 9, 4, "#fffbe8")
        self._mirror(canvas)
        self.drops = list(
            zip(self.spread(150, 0, 700), self.spread(150, 0, 400), self.spread(150, 0.6, 1.2), strict=True)
        )
        self.rings = list(zip(self.spread(34, 0, WIDTH), self.spread(34, 250, 355), self.spread(34, 0, 1), strict=True))
        return canvas

    def _mirror(self, canvas: Canvas) -> None:
        """The wet road shows the houses upside down."""
        upper = canvas.image.crop((0, 0, WIDTH * SCALE, 240 * SCALE))
        wet = Canvas(ImageOps.flip(upper).resize((WIDTH * SCALE, 120 * SCALE))).blur(3)
        canvas.image.paste(Image.blend(wet.image, Image.new("RGB", wet.image.size, "#0a0d14"), 0.45), (0, 240 * SCALE))
        canvas.rect(0, 237, WIDTH, 5, "#8f99a8", alpha=0.35)

    def draw(self, canvas: Canvas, time: float) -> None:
        for x, y, phase in self.rings:
            age = (time * 1.6 + phase) % 1
            canvas.ring(x, y, 3 + 16 * age, 1 + 4 * age, "#dfe9ff", 1, 0.6 * (1 - age))
        walk = -40 + (time / self.seconds) * 560 + 60 * (self.seed % 3)
        pose = running(time * 1.1, lean=3)
        person(
            canvas,
            walk,
            268,
            120,
            Pose((-10, 20), (30, 150), pose.left_leg, pose.right_leg),
            Look("#33415c", "#1b2233", SKINS[self.seed % 4]),
        )
        canvas.line([(walk + 22, 238), (walk + 22, 150)], "#d8d8d8", 2)
        canvas.pie(walk + 22, 186, 62, 50, 180, 360, self.umbrella)
        for edge in (-41, 0, 41):
            canvas.pie(walk + 22 + edge, 186, 20.5, 7, 180, 360, "#11161f")
        for x, y, depth in self.drops:
            fall = (y + time * 620 * depth) % 400 - 20
            slant = (x - fall * 0.12) % 700 - 30
            canvas.line([(slant, fall), (slant - 3 * depth, fall + 26 * depth)], "#cfe0ff", 0.9 * depth, 0.5)

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 900, 9000), gain=1.0)
        track.add(noise(self.rng, track.seconds, 80, 400) * swell(self.rng, track.seconds, 3), gain=0.5)
        for at in self.spread(int(track.seconds * 14), 0, track.seconds):
            track.add(hit(self.rng, 0.04, 1500, 6000, 90), at, 1.2)
        if self.seed % 3 == 2:
            track.add(noise(self.rng, 3, 25, 140) * swell(self.rng, 3, 0.9, 0.1), 2.0, 4.0)  # thunder far away


class Snow(Scene):
    """Somebody on skis between snowy firs."""

    def still(self) -> Canvas:
        sky, far, self.suit = self.variant(
            (("#4aa3e0", "#cfe9fb"), "#8fb4d6", "#e53935"),
            (("#f2a27e", "#ffe3c8"), "#b58aa5", "#00897b"),
            (("#8fa3b8", "#dfe6ee"), "#a9b7c6", "#f9a825"),
        )
        canvas = Canvas.gradient(*sky)
        canvas.glow(500, 70, 110, "#fff6d8", 0.8)
        hills(canvas, self.rng, 250, 190, far, rough=1.6)
        hills(canvas, self.rng, 260, 110, "#dbe7f3", rough=1.2)
        canvas.polygon([(0, 210), (WIDTH, 300), (WIDTH, HEIGHT), (0, HEIGHT)], "#f7fbff")
        canvas.polygon([(0, 250), (WIDTH, 330), (WIDTH, HEIGHT), (0, HEIGHT)], "#e6f0fa")
        self.trees = Canvas.layer(2 * WIDTH)
        for x in sorted(self.spread(18, 20, WIDTH - 20)):
            for shift in (0, WIDTH):
                pine(self.trees, x + shift, 236 + x % 37, 70 + x % 43, "#1f5b4c", "#ffffff")
        self.flakes = list(
            zip(self.spread(120, 0, 700), self.spread(120, 0, 380), self.spread(120, 0.4, 1.5), strict=True)
        )
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        canvas.paste(self.trees, -((time * 130) % WIDTH), -((time * 18) % 6))
        turn = sin(time * 2.4)
        x, y = 300 + 150 * turn, 268 + 14 * sin(time * 2.4 + 0.8)
        trail = [(x - 8 * k, y + 34 - 3.0 * k + 10 * (sin(2.4 * (time - 0.06 * k)) - turn)) for k in range(26)]
        canvas.line(trail, "#b9cfe4", 3)
        lean = 14 * turn
        person(
            canvas,
            x,
            y,
            104,
            Pose((-60, -20), (50, 80), (20 + lean, -20 + lean), (30 + lean, -16 + lean), 22),
            Look(self.suit, "#20273a", SKINS[0], self.suit, "#30343f"),
        )
        for shift in (-9, 9):
            canvas.limb(
                [(x - 46, y + 44 + shift - 8), (x + 60, y + 54 + shift), (x + 72, y + 47 + shift)], "#30343f", 4
            )
        canvas.line([(x + 40, y - 6), (x - 20, y + 48)], "#444b5c", 2)
        for k in range(9):
            canvas.circle(
                x - 40 - 9 * k,
                y + 50 - 5 * abs(sin(time * 9 + k * 1.7)) * k / 2,
                5 + k * 0.7,
                "#ffffff",
                0.75 - 0.07 * k,
            )
        for fx, fy, depth in self.flakes:
            canvas.circle(
                (fx - time * 90 * depth + 12 * sin(time + fy)) % 700 - 30,
                (fy + time * 55 * depth) % 380 - 10,
                1.3 + 1.6 * depth,
                "#ffffff",
                0.9,
            )

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 250, 1100) * swell(self.rng, track.seconds, 2.6), gain=0.9)
        for number in range(int(track.seconds / 1.3)):
            track.add(noise(self.rng, 0.8, 2500, 9000) * swell(self.rng, 0.8, 0.8, 0.05), 0.4 + 1.3 * number, 1.1)
        track.add(thump(70), 1.0, 0.2)
