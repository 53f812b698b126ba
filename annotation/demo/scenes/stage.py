"""Music: a rock concert, a piano recital, a dance floor."""

from __future__ import annotations

from math import pi, sin

from annotation.demo.canvas import HEIGHT, WIDTH, Canvas, blend
from annotation.demo.figures import SKINS, Look, Pose, person
from annotation.demo.scene import Scene
from annotation.demo.sounds import Samples, Track, crowd, drums, noise, note, pad

BLACK = Look("#0b0b12", "#0b0b12", "#0b0b12", "#0b0b12", "#0b0b12")


def hertz(key: int) -> float:
    """Pitch of a piano key counted from middle C."""
    return float(261.63 * 2 ** (key / 12))


class Concert(Scene):
    """A band between beams of light, hands in the air in front."""

    tempo = 132

    def still(self) -> Canvas:
        self.beams = self.variant(
            ("#ff2d75", "#3d7bff", "#ffb300"), ("#00e5ff", "#b04dff", "#ffffff"), ("#ff5722", "#ffd740", "#ff1744")
        )
        canvas = Canvas.gradient("#07060f", "#1b1033", "#2b1540")
        canvas.rect(0, 252, WIDTH, 108, "#0d0a16")
        canvas.rect(0, 250, WIDTH, 4, self.beams[0])
        canvas.rect(40, 24, 560, 8, "#2c2f3a")
        for x in range(40, 600, 16):
            canvas.line([(x, 24), (x + 8, 32), (x + 16, 24)], "#4a4f5e", 1.5)
        for x in (18, 560):
            for k in range(3):
                canvas.rect(x, 140 + 38 * k, 62, 34, "#15161d", 3)
                canvas.circle(x + 31, 157 + 38 * k, 13, "#2d303b")
        self.fans = list(
            zip(self.spread(36, 0, WIDTH), self.spread(36, 296, 350), self.spread(36, 0, 6.28), strict=True)
        )
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        beat = time * self.tempo / 60
        flash = (1 - beat % 1) ** 2
        for k in range(6):
            x = 75.0 + 98 * k
            swing = 150 * sin(time * 1.3 + k * 1.1 + self.seed)
            tint = self.beams[(k + int(beat / 4)) % 3]
            canvas.polygon(
                [(x - 5, 32), (x + 5, 32), (x + swing + 48, 300), (x + swing - 48, 300)], tint, 0.22 + 0.2 * flash
            )
            canvas.glow(x, 34, 30, tint, 1.0)
        canvas.glow(320, 190, 160, self.beams[int(beat) % 3], 0.35 + 0.4 * flash)
        self._band(canvas, time, beat)
        for x, y, phase in self.fans:
            lift = 14 * abs(sin(beat * pi + phase * 0.2))
            canvas.circle(x, y - lift * 0.4, 15, "#050409")
            canvas.limb([(x - 13, y + 24), (x - 20, y - 16 - lift)], "#050409", 7)
            canvas.limb([(x + 13, y + 24), (x + 19, y - 22 - lift)], "#050409", 7)
            canvas.ellipse(x, y + 30, 20, 24, "#050409")

    def _band(self, canvas: Canvas, time: float, beat: float) -> None:
        hop = 6 * abs(sin(beat * pi))
        for x, size, phase in ((190, 124, 0.0), (440, 120, 1.4)):
            person(
                canvas,
                x,
                196 - hop,
                size,
                Pose((40, 100), (-10 + 26 * sin(beat * pi * 2 + phase), 70), (-22, -4), (22, 4), 6),
                BLACK,
            )
            canvas.limb([(x - 20, 186 - hop), (x + 66, 150 - hop)], self.beams[1], 5)
            canvas.ellipse(x - 6, 180 - hop, 22, 15, self.beams[0])
        person(
            canvas,
            318,
            198 - hop / 2,
            132,
            Pose((-150, -170) if beat % 8 > 6 else (-30, 0), (60, 140), (-16, -2), (16, 2), 4 * sin(time * 3)),
            BLACK,
        )
        canvas.limb([(342, 150 - hop / 2), (350, 240)], "#9aa0b0", 2.5)
        canvas.circle(320, 246, 1, "#ffffff")
        for x, size in ((270, 20), (318, 26), (366, 20)):
            canvas.ellipse(x, 236, size, size * 0.8, "#181521")
            canvas.ring(x, 236, size, size * 0.8, self.beams[2], 2)

    def sound(self, track: Track) -> None:
        track.add(drums(self.rng, track.seconds, self.tempo), gain=1.0)
        bar = 4 * 60 / self.tempo
        for number in range(int(track.seconds / bar) + 1):
            root = hertz((-20, -17, -24, -15)[(number + self.seed) % 4])
            chord: Samples = sum(
                (pad(root * k, bar, (1, 0.7, 0.6, 0.5, 0.4, 0.3)) for k in (1, 1.5, 2)), pad(root / 2, bar)
            )
            overdriven = (chord * 9).clip(-0.6, 0.6)
            track.add(overdriven, number * bar, 0.5)
        track.add(crowd(self.rng, track.seconds), gain=0.3)


class Piano(Scene):
    """Keys of a grand piano go down as the tune is played."""

    def still(self) -> Canvas:
        top, self.glow_tint = self.variant(("#2a1810", "#ffcf8a"), ("#141b33", "#9ec5ff"), ("#2a1030", "#ffb3e6"))
        canvas = Canvas.gradient(blend(top, "#000000", 0.55), top)
        canvas.glow(320, 40, 300, self.glow_tint, 0.55)
        canvas.polygon([(70, 214), (150, 60), (420, 36), (560, 120), (580, 214)], "#0a0a0e")
        canvas.line([(150, 60), (420, 36), (560, 120)], "#5a5048", 3)
        for k in range(22):
            canvas.line([(150 + 19 * k, 205), (190 + 13 * k, 84 - k * 0.8)], "#c9a35c", 0.8, 0.6)
        canvas.rect(40, 208, 560, 30, "#101014", 4)
        canvas.rect(40, 236, 560, 3, "#b71c1c")
        canvas.rect(226, 120, 188, 86, "#f8f3e6", 3)
        for k in range(5):
            for row in (136, 172):
                canvas.line([(236, row + 5 * k), (404, row + 5 * k)], "#555555", 0.8)
        for k in range(11):
            canvas.ellipse(246 + 15 * k, 146 + 4 * ((k * 7 + self.seed) % 5), 3, 2.4, "#222222")
        step = 60 / self.variant(100, 72, 126) / 2
        scale = self.variant((0, 2, 4, 7, 9, 12, 14, 16), (0, 2, 3, 7, 8, 12, 14, 15), (0, 4, 5, 7, 11, 12, 16, 17))
        walk = self.rng.integers(-2, 3, int(self.seconds / step) + 2).cumsum() + 3
        self.tune = [(number * step, scale[int(place) % 8]) for number, place in enumerate(walk)]
        self.step = step
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        whites, blacks = [0, 2, 4, 5, 7, 9, 11], {1: 0, 3: 1, 6: 3, 8: 4, 10: 5}
        sounding = {key for at, key in self.tune if 0 <= time - at < self.step}
        sounding |= {key - 12 for at, key in self.tune[::4] if 0 <= time - at < 4 * self.step}
        for number in range(21):
            key = whites[number % 7] + 12 * (number // 7) - 12
            down = key in sounding
            x = 46 + 26.1 * number
            canvas.rect(x, 240, 25, 106 + 4 * down, blend("#fdfbf4", self.glow_tint, 0.75 if down else 0), 3)
            if down:
                canvas.glow(x + 12, 300, 44, self.glow_tint, 0.8)
        for octave in range(3):
            for black, after in blacks.items():
                down = black + 12 * octave - 12 in sounding
                x = 46 + 26.1 * (after + 1 + 7 * octave) - 8
                canvas.rect(x, 240, 15, 64 + 4 * down, "#4a4a5a" if down else "#101014", 2)
        for at, key in self.tune:
            age = time - at
            if 0 <= age < 2:
                canvas.text(
                    110 + (key + 12) * 14 + 10 * sin(age * 4),
                    200 - 85 * age,
                    "o",
                    22,
                    blend(self.glow_tint, "#30281e", age / 2),
                )
        self._hands(canvas, time)

    def _hands(self, canvas: Canvas, time: float) -> None:
        for side, x in ((0, 150 + 40 * sin(time * 0.9)), (1, 400 + 80 * sin(time * 1.3 + 1))):
            canvas.limb([(x + 40 * side, HEIGHT + 20), (x, 320)], "#15151c", 34)
            canvas.ellipse(x, 312, 24, 17, SKINS[self.seed % 4])
            for finger in range(5):
                press = 5 * sin(time * 11 + finger * 2 + side)
                canvas.limb([(x - 16 + 8 * finger, 304), (x - 20 + 10 * finger, 282 + press)], SKINS[self.seed % 4], 7)

    def sound(self, track: Track) -> None:
        for at, key in self.tune:
            track.add(note(hertz(key), 2.2, (1, 0.55, 0.3, 0.18, 0.1), 2.0), at, 0.8)
        for at, key in self.tune[::4]:
            track.add(note(hertz(key - 12), 3, (1, 0.6, 0.35, 0.2), 1.4), at, 0.8)
            track.add(note(hertz(key - 5), 3, (1, 0.5, 0.2), 1.6), at + self.step, 0.4)


class Dance(Scene):
    """Two people dance on a floor of coloured lights."""

    tempo = 124

    def still(self) -> Canvas:
        self.tints = self.variant(
            ("#ff4081", "#7c4dff", "#18ffff", "#ffd740"), ("#69f0ae", "#40c4ff", "#ff6e40", "#eeff41")
        )
        canvas = Canvas.gradient("#120a24", "#2a1450")
        canvas.line([(320, 0), (320, 34)], "#aaaaaa", 1.5)
        for k in range(40):
            canvas.circle(
                float(self.rng.uniform(0, WIDTH)), float(self.rng.uniform(0, 240)), 3, self.tints[k % 4], 0.35
            )
        return canvas

    def draw(self, canvas: Canvas, time: float) -> None:
        beat = time * self.tempo / 60
        self._floor(canvas, beat)
        for k in range(8):
            angle = k * 0.9 + time * 0.8
            canvas.polygon(
                [(320, 58), (320 + 420 * sin(angle), 330), (350 + 420 * sin(angle), 330)], self.tints[k % 4], 0.12
            )
        canvas.circle(320, 58, 27, "#c9d3e6")
        for k in range(-2, 3):
            canvas.arc(320, 58, 27, 27 * abs(k) / 2.4 + 1, 0, 360, "#8492ad", 1)
            canvas.line([(320 + 10 * k, 34 + 2 * abs(k) ** 2), (320 + 10 * k, 82 - 2 * abs(k) ** 2)], "#8492ad", 1)
        canvas.glow(312 + 14 * sin(time * 5), 50, 34, "#ffffff", 0.9)
        for side, shirt in ((-1, self.tints[0]), (1, self.tints[3])):
            swing, hop = sin(beat * pi + side), abs(sin(beat * pi))
            pose = Pose(
                (-90 - 70 * swing, -150 - 30 * swing),
                (90 - 70 * swing, 150),
                (-24 + 18 * swing, 14 * swing),
                (24 + 18 * swing, -16 * swing),
                8 * swing,
            )
            person(
                canvas,
                320 + side * (96 + 18 * swing),
                238 - 12 * hop,
                172,
                pose,
                Look(shirt, "#15121f", SKINS[(self.seed + side) % 4], "#1c120c", shirt),
                mirrored=side > 0,
            )

    def _floor(self, canvas: Canvas, beat: float) -> None:
        for row in range(4):
            top, low = 250 + 24 * row + 2 * row * row, 250 + 24 * (row + 1) + 2 * (row + 1) ** 2
            for column in range(-5, 5):
                tint = self.tints[(row * 3 + column + int(beat)) % 4]
                near, far = 70 + 16 * row, 70 + 16 * (row + 1)
                points = [
                    (320 + column * near, top),
                    (320 + (column + 1) * near - 2, top),
                    (320 + (column + 1) * far - 2, low - 2),
                    (320 + column * far, low - 2),
                ]
                canvas.polygon(points, blend(tint, "#120a24", 0.25 + 0.4 * ((row + column + int(beat)) % 2)))

    def sound(self, track: Track) -> None:
        track.add(drums(self.rng, track.seconds, self.tempo * 2), gain=0.8)
        beat = 60 / self.tempo
        for number in range(int(track.seconds / beat * 2) + 1):
            key = (0, 3, 7, 10, 5, 8, 12, 7)[(number + 2 * self.seed) % 8]
            track.add(note(hertz(key - 24), beat / 2, (1, 0.8, 0.6, 0.5, 0.3), 6), number * beat / 2, 0.9)
            if number % 2:
                track.add(note(hertz(key + 12), 0.3, (1, 0.2, 0.6), 9), number * beat / 2, 0.4)
        track.add(noise(self.rng, track.seconds, 4000, 9000), gain=0.05)
