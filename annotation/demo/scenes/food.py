"""In the kitchen: a pan over the flame, a cake from the oven."""

from __future__ import annotations

from math import pi, sin

from annotation.demo.canvas import WIDTH, Canvas, blend
from annotation.demo.scene import Scene
from annotation.demo.sounds import Track, hit, noise, note, swell, thump


def kitchen(wall: str, board: str) -> Canvas:
    """A tiled wall, shelves and a worktop."""
    canvas = Canvas.gradient(wall, blend(wall, "#ffffff", 0.25))
    for x in range(0, WIDTH + 1, 40):
        canvas.line([(x, 0), (x, 250)], "#ffffff", 1.5, 0.35)
    for y in range(10, 250, 40):
        canvas.line([(0, y), (WIDTH, y)], "#ffffff", 1.5, 0.35)
    canvas.rect(0, 250, WIDTH, 110, board)
    canvas.rect(0, 250, WIDTH, 8, blend(board, "#ffffff", 0.35))
    canvas.rect(30, 76, 190, 8, "#6d4c33")
    for k, tint in enumerate(("#c0392b", "#f1c40f", "#27ae60", "#e67e22")):
        canvas.rect(44 + 44 * k, 40, 28, 36, "#f7fbff", 5, 0.75)
        canvas.rect(46 + 44 * k, 54, 24, 21, tint, 4)
        canvas.rect(42 + 44 * k, 34, 32, 8, "#5b4636", 2)
    return canvas


def steam(canvas: Canvas, x: float, y: float, time: float, strength: float = 0.6) -> None:
    for k in range(7):
        rise = (time * 0.45 + k / 7) % 1
        canvas.glow(
            x + (k % 3 - 1) * 26 + 18 * sin(time * 1.4 + k + 4 * rise),
            y - 170 * rise,
            16 + 44 * rise,
            "#ffffff",
            strength * (1 - rise),
        )


class Cooking(Scene):
    """Vegetables fly in a pan above a gas flame."""

    def still(self) -> Canvas:
        wall, board, self.pan, self.food = self.variant(
            ("#7fb7be", "#5f6b78", "#22262e", ("#e53935", "#43a047", "#fdd835", "#ff9800")),
            ("#d9a679", "#4a4540", "#2f3a45", ("#ff8a65", "#ef5350", "#fff3e0", "#8bc34a")),
            ("#8e9bb8", "#6b5a4b", "#3a2a28", ("#fff176", "#ffd54f", "#f8f8f0", "#7cb342")),
        )
        canvas = kitchen(wall, board)
        canvas.rect(150, 300, 340, 60, "#1c1f26", 8)
        canvas.rect(236, 286, 168, 12, "#343a45", 4)
        for x in (190, 450):
            canvas.circle(x, 330, 13, "#c9ced8")
            canvas.line([(x, 330), (x, 320)], "#333333", 3)
        canvas.rect(508, 40, 6, 120, "#aab2bf")
        for k, size in enumerate((20, 26, 17)):
            canvas.line([(530 + 36 * k, 30), (530 + 36 * k, 100)], "#aab2bf", 4)
            canvas.ellipse(530 + 36 * k, 108, size * 0.6, size, "#8a94a3")
        canvas.rect(500, 26, 130, 7, "#6d4c33")
        self.bits = list(zip(self.spread(22, -78, 78), self.spread(22, 0, 1), self.spread(22, 7, 13), strict=True))
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        for k in range(15):
            tall = 18 + 9 * sin(time * 17 + k * 2.3)
            x = 248 + 10.3 * k
            canvas.polygon([(x - 7, 288), (x, 288 - tall), (x + 7, 288)], "#3aa0ff", 0.8)
            canvas.polygon([(x - 3, 288), (x, 288 - tall * 0.55), (x + 3, 288)], "#fff2a8", 0.9)
        toss = (time % 1.6) / 1.6
        tilt = 10 * sin(2 * pi * toss) if toss < 0.5 else 0.0
        x, y = 320 + tilt, 222 - abs(tilt)
        canvas.limb([(x + 110, y - 4), (x + 250, y - 44 - tilt)], "#4a2f22", 13)
        canvas.ellipse(x, y, 122, 30, blend(self.pan, "#ffffff", 0.2))
        canvas.ellipse(x, y + 1, 113, 25, self.pan)
        canvas.pie(x, y, 122, 62, 0, 180, self.pan)
        canvas.ellipse(x, y + 1, 108, 22, blend(self.pan, "#ffb74d", 0.25))
        for number, (across, phase, size) in enumerate(self.bits):
            height = (
                max(0.0, sin(pi * ((toss - 0.1 - 0.25 * phase) / 0.6)))
                if 0.1 + 0.25 * phase < toss < 0.7 + 0.25 * phase
                else 0.0
            )
            fx, fy = x + across + 26 * height * sin(phase * 9), y - 2 + 14 * (phase - 0.5) - 120 * height
            tint = self.food[number % 4]
            canvas.ellipse(fx, fy, size, size * (0.65 + 0.3 * abs(sin(6 * height + phase))), tint)
            canvas.ellipse(fx - 2, fy - 2, size * 0.35, size * 0.25, "#ffffff", 0.5)
        steam(canvas, x, y - 10, time)

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 3500, 12000) * swell(self.rng, track.seconds, 0.8, 0.5), gain=1.2)
        for at in self.spread(int(track.seconds * 18), 0, track.seconds):
            track.add(hit(self.rng, 0.02, 2000, 10000, 160), at, 2.0)
        for number in range(int(track.seconds / 1.6) + 1):
            track.add(note(520, 0.4, (1, 0.7, 0.6, 0.5, 0.4), 9), 1.6 * number + 0.15, 0.5)  # the pan on the iron
            track.add(noise(self.rng, 0.5, 2500, 11000), 1.6 * number + 0.9, 0.9)


class Baking(Scene):
    """A cake rises in a glowing oven; cookies wait beside it."""

    def still(self) -> Canvas:
        wall, board, self.cake, self.icing = self.variant(
            ("#f2c4ce", "#a9745b", "#c98b4f", "#ff80ab"),
            ("#bfe3d0", "#8a6a4f", "#6d4329", "#fff8e1"),
            ("#d8d3ea", "#7d6a5a", "#b3702e", ""),  # bread has no icing
        )
        canvas = kitchen(wall, board)
        canvas.rect(150, 84, 330, 252, "#dfe3ea", 12)
        canvas.rect(164, 96, 302, 26, "#2a2f3a", 5)
        for x in (190, 222, 400, 432):
            canvas.circle(x, 109, 7, "#f5f5f5")
        canvas.rect(172, 134, 286, 184, "#30343f", 10)
        for k in range(4):
            cookie_x = 524 + 30 * (k % 3)
            canvas.ellipse(cookie_x, 300 - 16 * (k // 3), 19, 9, "#c8894a")
            for dx in (-8, 0, 7):
                canvas.circle(cookie_x + dx, 298 - 16 * (k // 3), 2.2, "#4a2a18")
        canvas.ellipse(556, 316, 72, 12, "#f7f7f7")
        canvas.rect(40, 232, 62, 74, "#f4f0e6", 6)
        canvas.text(71, 268, "FLOUR", 14, "#a1663a")
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        done = min(1.0, time / self.seconds * 1.15)
        flicker = 0.85 + 0.1 * sin(time * 7)
        canvas.rect(184, 146, 262, 160, blend("#e8862e", "#ffb648", flicker), 6)
        canvas.glow(315, 160, 150, "#fff0b3", 0.8 * flicker)
        for y in (158, 268):
            canvas.line([(186, y), (444, y)], "#ff5a1f", 3)
        height = 34 + 46 * done
        top = blend("#f3d9a4", self.cake, done)
        canvas.rect(248, 264 - height, 134, height, top, 10)
        canvas.ellipse(315, 264 - height, 67, 10 + 16 * done, top)
        for k in range(5):
            canvas.ellipse(266 + 25 * k, 258 - height - 8 * done * sin(k * 0.8), 5, 3, blend(top, "#ffffff", 0.4))
        if done > 0.8 and self.icing:
            for k in range(6):
                canvas.ellipse(258 + 23 * k, 270 - height, 14, 10 + 5 * (k % 2), self.icing)
        canvas.polygon([(238, 250), (392, 250), (382, 282), (248, 282)], "#8d97a8")
        canvas.line([(184, 286), (446, 286)], "#4d5460", 4)
        canvas.polygon([(200, 146), (250, 146), (214, 306), (184, 306), (184, 220)], "#ffffff", 0.12)
        canvas.text(315, 109, f"{max(0, round((1 - done) * 12)):02d}:{int(59 - time * 7 % 60):02d}", 17, "#ffb74d")
        canvas.rect(196, 124, 238, 7, "#aab2bf", 3)
        steam(canvas, 556, 296, time, 0.3)

    def sound(self, track: Track) -> None:
        track.add(noise(self.rng, track.seconds, 60, 200), gain=0.6)
        for number in range(int(track.seconds * 2)):
            track.add(thump(1800 if number % 2 else 1500, 0.04, 120), number * 0.5, 0.35)
        track.add(note(2093, 1.5, (1, 0.6, 0.3), 3), track.seconds * 0.8, 1.0)  # ready
        for at in self.spread(4, 0.5, track.seconds - 2):
            track.add(note(880, 0.3, (1, 0.8, 0.7, 0.5), 12), at, 0.15)
