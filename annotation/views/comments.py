"""Comments and questions on a clip: the thread as a part of other pages, and the list of questions."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import tag_figures
from annotation.agreement import comments
from annotation.models import Comment
from ml.registry.requests import SignedIn
from tagging import veils
from tagging.models import Video
from taxonomy.models import BusinessLine

PAGE = 50

viewers = permission_required("tagging.view_video", raise_exception=True)


class CommentForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Text"), max_length=comments.MOST_TEXT)
    question = forms.BooleanField(required=False)
    line = forms.SlugField()


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@viewers
def thread(request: SignedIn, pk: int) -> HttpResponse:
    """What was said of a video in the lines this person may see; with POST they say something."""
    video = get_object_or_404(Video.objects.only("title", "external_id"), pk=pk)
    lines = list(tag_figures.lines_of(request.user))
    form = CommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        comments.say(video.pk, _line(told["line"], lines).pk, request.user, told["text"], question=told["question"])
        if not request.htmx:
            return redirect("annotation:comments", pk)
        form = CommentForm()
    return _part(request, video, lines, form)


@require_POST
@login_required
@viewers
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Answer a question, close it, or both. Everybody of the line may answer; who asked or decides may close."""
    lines = list(tag_figures.lines_of(request.user))
    question = get_object_or_404(Comment, pk=pk, question=True, business_line__in=lines)
    text, problem = request.POST.get("text", "").strip(), ""
    closes = "close" in request.POST and comments.may_close(question, request.user)
    try:
        if text or closes:
            comments.answer(question, request.user, text, close=closes)
    except comments.Closed:
        problem = _("Somebody closed this question a moment ago. Nothing was stored.")
    if not request.htmx:
        return redirect("annotation:comments", question.video_id)
    return _part(request, question.video, lines, CommentForm(), problem)


@require_safe
@never_cache
@login_required
@viewers
def questions(request: SignedIn) -> HttpResponse:
    """Own questions with what was answered; for who decides also the open ones of their lines."""
    decides = request.user.has_perm("annotation.adjudicate")
    lines = tag_figures.lines_of(request.user)
    waiting = list(comments.open_questions(lines)[:PAGE]) if decides else []
    content = {"own": comments.own_questions(request.user)[:PAGE], "open": waiting, "decides": decides}
    return render(request, "annotation/questions.html", content)


def _part(
    request: SignedIn, video: Video, lines: list[BusinessLine], form: CommentForm, problem: str = ""
) -> HttpResponse:
    hidden = veils.of_video(request.user, video.pk)
    said = comments.thread(video.pk, lines, request.user if hidden.said else None)
    if any(comment.news and comment.author_id == request.user.pk for comment, _answers in said):
        comments.seen(video.pk, request.user)
    content = {
        "said": said,
        "video": video,
        "lines_of_thread": lines,
        "form": form,
        "problem": problem,
        "most_text": comments.MOST_TEXT,
        "line_slug": request.GET.get("line") or request.POST.get("line", ""),
        "decides": request.user.has_perm("annotation.adjudicate"),
        "own_alone": hidden.own,
    }
    template = "annotation/_thread.html" if request.htmx else "annotation/comments.html"
    return render(request, template, content, status=422 if form.errors and not request.htmx else 200)


def _line(slug: str, lines: list[BusinessLine]) -> BusinessLine:
    found = next((line for line in lines if line.slug == slug), None)
    if found is None:
        raise Http404
    return found
