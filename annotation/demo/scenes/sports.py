"""Ball games: football, table tennis."""

from __future__ import annotations

from math import pi, sin

from annotation.demo.canvas import WIDTH, Canvas, between
from annotation.demo.figures import SKINS, Look, Pose, person, running
from annotation.demo.scene import Scene
from annotation.demo.scenery import spectators
from annotation.demo.sounds import Track, crowd, sweep, swell, thump


class Football(Scene):
    """A shot at the goal in front of a full stand."""

    period = 3.2

    def still(self) -> Canvas:
        sky, self.shirt, grass = self.variant(
            (("#63b3ed", "#d6efff"), "#e53935", "#3f9a45"),
            (("#1a2238", "#33476b"), "#ffd54f", "#2f7d3a"),
            (("#f6ad73", "#ffe7c2"), "#3949ab", "#58a043"),
        )
        canvas = Canvas.gradient(*sky)
        spectators(canvas, self.rng, 84, 5, "#394360")
        canvas.rect(0, 160, WIDTH, 22, "#ffffff")
        for left, words in ((80, "FRESH JUICE"), (260, "CITY CUP"), (440, "RUN FAR"), (590, "RADIO 5")):
            canvas.text(left, 171, words, 12, self.shirt)
        for k in range(8):
            top = 182.0 + k * k * 2.9
            canvas.rect(0, top, WIDTH, 60, grass if k % 2 else "#4fae54")
        for x in (46.0, 594.0):
            canvas.line([(x, 182), (x, 60)], "#23283a", 6)
            canvas.rect(x - 26, 44, 52, 22, "#f7fbff", 3)
            canvas.glow(x, 54, 60, "#ffffff", 0.6)
        self._goal(canvas)
        return canvas

    def _goal(self, canvas: Canvas) -> None:
        canvas.line([(120, 218), (520, 218)], "#ffffff", 2)
        for x in range(222, 424, 10):
            canvas.line([(x, 116), (x, 214)], "#ffffff", 0.6, 0.5)
        for y in range(118, 214, 9):
            canvas.line([(220, y), (424, y)], "#ffffff", 0.6, 0.5)
        canvas.line([(220, 218), (220, 112), (424, 112), (424, 218)], "#ffffff", 5)
        canvas.ring(320, 232, 150, 40, "#ffffff", 2, 0.8)

    def draw(self, canvas: Canvas, time: float) -> None:
        number, share = int(time / self.period), (time % self.period) / self.period
        target = (250, 395, 300, 360)[(number + self.seed) % 4]
        run = min(1, share / 0.45)
        dive = min(1, max(0, (share - 0.5) / 0.25))
        side = 1 if target < 320 else -1
        person(
            canvas,
            322 - side * 52 * dive,
            184 + 6 * dive,
            88,
            Pose((120 + 50 * dive, 150), (-120 - 30 * dive, -150), (-15, 5), (15, -5), 55 * dive),
            Look("#00c2a8", "#14323a", SKINS[1]),
            mirrored=side > 0,
        )
        way = min(1, max(0, (share - 0.45) / 0.3))
        x = between(330, target, way)
        y = between(330, 150, way) - 40 * sin(pi * way) + 60 * max(0, (share - 0.78))
        kick = 70 * sin(pi * min(1, max(0, (share - 0.38) / 0.2)))
        pose = (
            running(time * 2.2, 12) if share < 0.38 else Pose((-60, -40), (60, 80), (-20, -20), (-20 + kick, kick), -4)
        )
        canvas.ellipse(150 + 130 * run, 350, 40, 7, "#000000", 0.25)
        person(
            canvas,
            150 + 130 * run,
            272,
            160,
            pose,
            Look(self.shirt, "#ffffff", SKINS[(self.seed + 1) % 4], "#1c120c", "#101010"),
        )
        self._ball(canvas, x, y, 13 - 5 * way, time * 9)

    @staticmethod
    def _ball(canvas: Canvas, x: float, y: float, size: float, turn: float) -> None:
        canvas.circle(x, y, size, "#ffffff")
        for k in range(5):
            angle = k * 1.256 + turn
            canvas.circle(x + size * 0.62 * sin(angle), y + size * 0.62 * sin(angle + 1.57), size * 0.2, "#1a1a1a")
        canvas.circle(x, y, size * 0.26, "#1a1a1a")

    def sound(self, track: Track) -> None:
        track.add(crowd(self.rng, track.seconds), gain=0.8)
        track.add(sweep(2900, 3050, 0.5) * (1 + 0.6 * sweep(60, 60, 0.5)), 0.1, 0.5)  # the referee
        for number in range(int(track.seconds / self.period) + 1):
            track.add(thump(120, 0.2, 25), number * self.period + 0.45 * self.period, 1.6)
            track.add(
                crowd(self.rng, 1.5) * swell(self.rng, 1.5, 1.5, 0.1), number * self.period + 0.7 * self.period, 2.0
            )


class TableTennis(Scene):
    """Two players and a quick little ball."""

    def still(self) -> Canvas:
        wall, self.table, self.shirts = self.variant(
            ("#3b2f55", "#1565c0", ("#e53935", "#fdd835")),
            ("#28435a", "#1b7f5c", ("#f4511e", "#3949ab")),
            ("#5a3b3b", "#283593", ("#26a69a", "#ec407a")),
        )
        canvas = Canvas.gradient(wall, "#14161f")
        for x in (110, 320, 530):
            canvas.glow(x, 20, 150, "#fff7dc", 0.45)
            canvas.rect(x - 40, 8, 80, 8, "#fffbe8", 3)
        canvas.rect(0, 262, WIDTH, 98, "#8c3b32")
        canvas.polygon([(130, 226), (510, 226), (560, 262), (80, 262)], self.table)
        canvas.line([(130, 226), (510, 226), (560, 262), (80, 262), (130, 226)], "#ffffff", 2.5)
        canvas.line([(105, 244), (535, 244)], "#ffffff", 1)
        canvas.rect(80, 262, 480, 8, "#0c1d3a")
        for x in (110, 530):
            canvas.rect(x - 4, 270, 8, 70, "#20242e")
        canvas.polygon([(318, 200), (322, 200), (328, 262), (312, 262)], "#e9eef5", 0.9)
        canvas.line([(320, 196), (320, 262)], "#ffffff", 2)
        return canvas

    @property
    def beat(self) -> float:
        return 0.52 - 0.06 * (self.seed % 3)

    def draw(self, canvas: Canvas, time: float) -> None:
        stroke, share = int(time / self.beat), (time / self.beat) % 1
        rightward = stroke % 2 == 0
        x = between(118, 522, share if rightward else 1 - share)
        y = 232 - 62 * abs(sin(pi * (share * 1.5 if share < 0.667 else (share - 0.667) * 1.5 + 1)))
        for left, shirt in ((True, self.shirts[0]), (False, self.shirts[1])):
            near = 1 - share if left == rightward else share
            swing = 60 + 70 * near**2
            feet = (74 if left else 566) + 8 * sin(time * 3 + left)
            hand = person(
                canvas,
                feet,
                262,
                168,
                Pose((20, 50), (swing, swing + 30), (-18, 8), (20, -8), 10),
                Look(shirt, "#1d2230", SKINS[(self.seed + left) % 4]),
                mirrored=not left,
            )
            canvas.ellipse(hand[0] + (8 if left else -8), hand[1] - 4, 11, 13, "#c62828")
            canvas.ring(hand[0] + (8 if left else -8), hand[1] - 4, 11, 13, "#2b1512", 2)
        for k in range(4):
            canvas.circle(x - (k * 7 if rightward else -k * 7), y + k, 5.5 - k, "#ffffff", 0.5 - 0.1 * k)
        canvas.circle(x, y, 5.5, "#ffffff")
        score = int(time / self.beat / 6)
        canvas.rect(270, 52, 100, 34, "#10131b", 5)
        canvas.text(320, 69, f"{7 + score} : {8 + self.seed % 3}", 20, "#ffd54f")

    def sound(self, track: Track) -> None:
        track.add(crowd(self.rng, track.seconds), gain=0.08)
        for stroke in range(int(track.seconds / self.beat) + 1):
            track.add(thump(900 + 120 * (stroke % 2), 0.06, 70), stroke * self.beat, 1.0)
            track.add(thump(1350, 0.05, 90), (stroke + 0.667) * self.beat, 0.6)
            if stroke % 6 == 5:
                track.add(crowd(self.rng, 0.8) * swell(self.rng, 0.8, 0.8, 0.1), stroke * self.beat, 0.6)
