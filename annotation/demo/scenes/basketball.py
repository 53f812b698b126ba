"""Basketball: in a hall, or on a street court."""

from __future__ import annotations

from math import pi, sin

from annotation.demo.canvas import HEIGHT, WIDTH, Canvas, between
from annotation.demo.figures import SKINS, Look, Pose, person, running
from annotation.demo.scene import Scene
from annotation.demo.scenery import skyline, spectators
from annotation.demo.sounds import Track, crowd, hit, sweep, swell, thump


class Basketball(Scene):
    """A player dribbles, shoots, and the ball falls through the net: in a hall, or on a street court at night."""

    period = 3.6  # seconds from dribbling to the ball in the net

    def still(self) -> Canvas:
        self.street = self.seed % 2 == 1
        self.shirt = self.variant("#e53935", "#1f6feb", "#f9a825", "#43a047")
        if self.street:
            canvas = Canvas.gradient("#161a33", "#3a2b52", "#7a4a5e")
            skyline(canvas, self.rng, 240, 170, "#241f3c", "#ffd27a", 0.5)
            for x in range(0, WIDTH, 16):
                canvas.line([(x, 120), (x + 120, 250)], "#9aa0b5", 0.6, 0.35)
                canvas.line([(x, 120), (x - 120, 250)], "#9aa0b5", 0.6, 0.35)
            canvas.rect(0, 240, WIDTH, 120, "#46506a")
            canvas.glow(150, 40, 200, "#fff2c4", 0.5)
        else:
            canvas = Canvas.gradient("#1b1f33", "#2a2f45")
            spectators(canvas, self.rng, 40, 11)
            canvas.rect(0, 212, WIDTH, 26, "#20407f")
            canvas.text(320, 225, "HARBOUR  HALL      HOME 78 : 76 GUEST", 13, "#ffffff")
            canvas.rect(0, 238, WIDTH, 122, "#c98a4b")
            for y in range(240, HEIGHT, 9):
                canvas.line([(0, y), (WIDTH, y)], "#a86f38", 0.7, 0.6)
        self._court(canvas)
        return canvas

    def _court(self, canvas: Canvas) -> None:
        paint = "#ffe082" if self.street else "#ffffff"
        canvas.ring(320, 318, 110, 26, paint, 3)
        canvas.line([(0, 262), (WIDTH, 262)], paint, 3)
        canvas.polygon(
            [(470, 262), (640, 262), (640, 330), (430, 330)], "#d7432c" if not self.street else "#3d7dd8", 0.55
        )
        canvas.rect(606, 90, 10, 190, "#5d6475")
        canvas.line([(611, 100), (574, 92)], "#5d6475", 7)
        canvas.polygon([(566, 40), (584, 48), (584, 132), (566, 118)], "#f4f6fa")
        canvas.polygon([(569, 72), (579, 77), (579, 110), (569, 102)], "#d7432c")
        canvas.ellipse(545, 112, 21, 6, "#ff7043")
        canvas.ellipse(545, 112, 17, 4, "#3a2b32")

    def _ball(self, time: float) -> tuple[float, float]:
        share = (time % self.period) / self.period
        if share < 0.55:
            return 205 + 70 * share / 0.55, 316 - 64 * abs(sin(share / 0.55 * 4 * pi))
        if share < 0.82:
            way = (share - 0.55) / 0.27
            return between(275, 545, way), between(205, 108, way) - 130 * sin(pi * way)
        fall = (share - 0.82) / 0.18
        return 545, 112 + 190 * fall**1.4

    def draw(self, canvas: Canvas, time: float) -> None:
        share = (time % self.period) / self.period
        x, y = self._ball(time)
        jump = 46 * sin(pi * min(1, max(0, (share - 0.45) / 0.3)))
        shooting = 0.45 < share < 0.8
        pose = Pose((150, 170), (158, 172), (-10, -25), (14, -18), 2) if shooting else running(share * 6)
        if not shooting:
            pose = Pose(pose.left_arm, (38 + 20 * sin(share / 0.55 * 8 * pi), 55), pose.left_leg, pose.right_leg, 10)
        canvas.ellipse(160 + 70 * min(1, share / 0.55), 330, 42, 7, "#000000", 0.3)
        person(
            canvas,
            170 + 70 * min(1, share / 0.55),
            266 - jump,
            150,
            pose,
            Look(self.shirt, self.shirt, SKINS[(self.seed + 2) % 4]),
        )
        person(
            canvas,
            400 - 30 * sin(time * 1.5),
            268,
            140,
            Pose((130, 150), (-130, -150), (-20, 10), (20, -10)),
            Look("#eceff4", "#eceff4", SKINS[self.seed % 4]),
            mirrored=True,
        )
        sway = 5 * sin(time * 20) if share > 0.82 else 0
        for k in range(6):
            canvas.line([(526 + 7.6 * k, 113), (533 + 4.8 * k + sway, 148)], "#ffffff", 1.4)
            canvas.line([(563 - 7.6 * k, 113), (557 - 4.8 * k + sway, 148)], "#ffffff", 1.0)
        canvas.circle(x, y, 15, "#e07a2f")
        canvas.line([(x - 15, y), (x + 15, y)], "#5b2b0c", 1.4)
        canvas.line([(x, y - 15), (x, y + 15)], "#5b2b0c", 1.4)
        canvas.circle(x - 5, y - 5, 4, "#ffb26b", 0.7)

    def sound(self, track: Track) -> None:
        track.add(crowd(self.rng, track.seconds), gain=0.15 if self.street else 0.6)
        for number in range(int(track.seconds / self.period) + 1):
            start = number * self.period
            for bounce in range(1, 5):
                track.add(thump(95), start + 0.55 * self.period * bounce / 4, 1.0)
            track.add(hit(self.rng, 0.1, 3000, 9000, 30), start + 0.83 * self.period, 0.9)
            cheer = crowd(self.rng, 1.6) * swell(self.rng, 1.6, 1.6, 0.1)
            track.add(cheer, start + 0.84 * self.period, 1.4)
            track.add(sweep(2400, 2900, 0.1), start + 0.3 * self.period, 0.25)  # shoes on the floor
