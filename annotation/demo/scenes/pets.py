"""Cartoon pets with a ball."""

from __future__ import annotations

from math import sin

from annotation.demo.canvas import WIDTH, Canvas, blend
from annotation.demo.scene import Scene
from annotation.demo.sounds import Track, hit, thump, voice

DOG, CAT = "dog", "cat"


class Pets(Scene):
    """A cartoon dog, a cartoon cat, or both, with a ball on the carpet."""

    def still(self) -> Canvas:
        wall, self.carpet, self.cast = self.variant(
            ("#f7d9b8", "#c97b63", (DOG,)),
            ("#cfe3d4", "#6f8fae", (CAT,)),
            ("#e7d3ea", "#8aa36b", (DOG, CAT)),
            ("#d4e4f7", "#b98a5a", (CAT,)),
        )
        canvas = Canvas.gradient(wall, blend(wall, "#ffffff", 0.4))
        for x in range(0, WIDTH, 64):
            canvas.rect(x, 0, 30, 250, "#ffffff", alpha=0.18)
        canvas.rect(430, 40, 150, 120, "#ffffff", 4)
        canvas.rect(438, 48, 134, 104, "#8fd0f0")
        canvas.circle(540, 76, 15, "#fff2b0")
        canvas.rect(503, 48, 4, 104, "#ffffff")
        canvas.rect(40, 190, 190, 70, blend(self.carpet, "#ffffff", 0.3), 18)
        canvas.rect(28, 220, 214, 60, blend(self.carpet, "#ffffff", 0.15), 16)
        canvas.rect(0, 262, WIDTH, 98, "#b88a5f")
        canvas.ellipse(330, 322, 280, 36, self.carpet)
        canvas.ellipse(330, 322, 250, 29, blend(self.carpet, "#ffffff", 0.25))
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        ball = 330 + 180 * sin(time * 1.1)
        for number, animal in enumerate(self.cast):
            x = 250 + 220 * number + 30 * sin(time * 1.1) if len(self.cast) > 1 else 300 + 60 * sin(time * 1.1 - 0.4)
            (self._dog if animal == DOG else self._cat)(canvas, x, 250, time, ball < x)
        bounce = 40 * abs(sin(time * 3))
        canvas.ellipse(ball, 334, 16, 4, "#000000", 0.25)
        canvas.circle(ball, 318 - bounce, 16, "#e53935")
        canvas.arc(ball, 318 - bounce, 16, 6, 0 + time * 90, 180 + time * 90, "#ffffff", 3)

    @staticmethod
    def _dog(canvas: Canvas, x: float, y: float, time: float, left: bool) -> None:
        flip, fur, dark = (-1 if left else 1), "#c58a4a", "#7a4f2a"
        wag = 26 * sin(time * 12)
        canvas.limb([(x - 70 * flip, y - 4), (x - 100 * flip + wag * 0.4, y - 46 + abs(wag) * 0.5)], fur, 13)
        for leg in (-56, -34, 34, 54):
            canvas.limb([(x + leg * flip, y + 20), (x + (leg + 6 * sin(time * 7 + leg)) * flip, y + 72)], fur, 19)
        canvas.ellipse(x, y + 10, 80, 40, fur)
        canvas.ellipse(x - 18 * flip, y - 2, 30, 19, dark)
        bark = 9 if (time % 1.2) < 0.3 else 0
        hx, hy = x + 76 * flip, y - 44 + 4 * sin(time * 4)
        canvas.ellipse(hx + 26 * flip, hy + 20 + bark, 26, 13, blend(fur, "#000000", 0.1))
        if bark:
            canvas.ellipse(hx + 30 * flip, hy + 19, 16, 8, "#b23a3a")
        canvas.circle(hx, hy, 43, fur)
        canvas.ellipse(hx + 30 * flip, hy + 11, 29, 17, "#e8c49a")
        canvas.ellipse(hx + 52 * flip, hy + 4, 9, 7, "#22180f")
        for eye in (6, 28):
            canvas.circle(hx + eye * flip, hy - 12, 8, "#ffffff")
            canvas.circle(hx + (eye + 2) * flip, hy - 12, 4.4, "#1a120b")
        canvas.ellipse(hx - 26 * flip, hy + 6 + 4 * sin(time * 6), 16, 33, dark)
        canvas.line([(hx - 34 * flip, hy + 34), (hx + 16 * flip, hy + 42)], "#1f6feb", 8)

    @staticmethod
    def _cat(canvas: Canvas, x: float, y: float, time: float, left: bool) -> None:
        flip, fur = (-1 if left else 1), "#8b93a3"
        tail = [(x - (62 + 10 * k) * flip + 10 * sin(time * 3 + k * 0.5), y + 30 - 13 * k) for k in range(8)]
        canvas.line(tail, fur, 12)
        for leg in (-44, -26, 28, 44):
            canvas.limb([(x + leg * flip, y + 30), (x + (leg + 4 * sin(time * 6 + leg)) * flip, y + 74)], fur, 15)
        canvas.ellipse(x, y + 22, 66, 34, fur)
        for stripe in (-30, -8, 14):
            canvas.line([(x + stripe * flip, y - 8), (x + (stripe + 5) * flip, y + 14)], "#5d6575", 6)
        hx, hy = x + 60 * flip, y - 22 + 5 * sin(time * 2.4)
        for ear in (-1, 1):
            canvas.polygon([(hx + ear * 34, hy - 14), (hx + ear * 31, hy - 58), (hx + ear * 6, hy - 32)], fur)
            canvas.polygon([(hx + ear * 30, hy - 22), (hx + ear * 28, hy - 47), (hx + ear * 12, hy - 31)], "#f2b8c6")
        canvas.ellipse(hx, hy, 41, 36, fur)
        blink = 1.5 if (time % 2.6) < 0.15 else 11
        for eye in (-1, 1):
            canvas.ellipse(hx + 16 * eye, hy - 4, 10, blink, "#b7e34a")
            canvas.ellipse(hx + 16 * eye + 2 * flip, hy - 4, 3.4, blink * 0.85, "#14180c")
            for k in (-1, 0, 1):
                canvas.line([(hx + eye * 14, hy + 13 + 2 * k), (hx + eye * 52, hy + 10 + 8 * k)], "#ffffff", 1.2)
        canvas.polygon([(hx - 5, hy + 9), (hx + 5, hy + 9), (hx, hy + 15)], "#f08aa0")
        canvas.ellipse(hx, hy + 20, 6, 5 if (time % 2.0) < 0.5 else 1.5, "#a33b4d")

    def sound(self, track: Track) -> None:
        if DOG in self.cast:
            at = 0.1
            while at < track.seconds - 0.4:
                bark = voice(300, 0.16, ((700, 1.0), (1500, 0.6), (2600, 0.3)), bend=-0.35, decay=5)
                track.add(bark + 1.2 * hit(self.rng, 0.16, 500, 3500, 18), at, 1.0)
                track.add(bark, at + 0.24, 0.7)
                at += 1.2
        if CAT in self.cast:
            at = 0.4
            while at < track.seconds - 1:
                track.add(voice(560, 0.75, ((1100, 1.0), (2300, 0.7), (3400, 0.3)), bend=-0.3), at, 0.9)
                at += 2.0
        for number in range(int(track.seconds / 1.05)):
            track.add(thump(180, 0.1, 45), number * 1.05, 0.3)
