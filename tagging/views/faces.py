"""The gallery of faces: who may be recognised, by which photos, with which consent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tagging import byte_ranges, clips, gallery, nudges
from tagging.face_forms import ConsentForm, MomentForm, PersonForm, PhotosForm
from tagging.face_models import FacePhoto, KnownPerson
from tagging.media_storage import StoredFile
from tagging.video_page import localised_names, tag_name
from taxonomy.models import Tag

NAMES_OFFERED = 200


def _people() -> QuerySet[KnownPerson]:
    state = lambda one: Count("photos", filter=Q(photos__state=one))
    counts = {one: state(one) for one in FacePhoto.State.values}
    found = KnownPerson.objects.select_related("tag", "created_by").annotate(**counts)
    return found.prefetch_related(Prefetch("tag__names", localised_names())).order_by("tag__name", "pk")


def _named(person: KnownPerson) -> KnownPerson:
    person.name = tag_name(person.tag)  # type: ignore[attr-defined]
    return person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def faces(request: HttpRequest) -> HttpResponse:
    """Everybody in the gallery, and the form for one more."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = gallery.add(form.cleaned_data["tag"], form.told(), request.user)  # type: ignore[arg-type]
        messages.success(request, _("Now give photos, or moments of clips, that show the face."))
        return redirect(person)
    offered = Tag.objects.filter(kind=Tag.Kind.PERSON, state=Tag.State.ACTIVE, known_person=None)
    content = {
        "form": form,
        "people": [_named(person) for person in _people()],
        "offered": list(offered.order_by("name").values_list("name", flat=True)[:NAMES_OFFERED]),
    }
    return render(request, "tagging/faces.html", content, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person; posting changes the consent, and lets in again who had opted out."""
    found = get_object_or_404(_people(), pk=pk)
    form = ConsentForm(request.POST or None, initial={"consent": found.consent, "consent_on": found.consent_on})
    if request.method == "POST" and form.is_valid():
        if found.opted_out:
            gallery.opt_in(found, form.told())
        else:
            gallery.change_consent(found, form.told())
        messages.success(request, _("Saved."))
        return redirect(found)
    return _page(request, found, consent=form)


def _page(request: HttpRequest, found: KnownPerson, **forms: Any) -> HttpResponse:
    others = KnownPerson.objects.recognised().exclude(pk=found.pk).select_related("tag")
    content = {
        "person": _named(found),
        "photos": found.photos.select_related("video"),
        "others": [_named(other) for other in others.prefetch_related(Prefetch("tag__names", localised_names()))],
        "consent": ConsentForm(initial={"consent": found.consent, "consent_on": found.consent_on}),
        "photos_form": PhotosForm(),
        "moment_form": MomentForm(initial={"person": found.pk}),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "tagging/face.html", content | forms, status=422 if wrong else 200)


@require_POST
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def photos(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_people(), pk=pk)
    form = PhotosForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, photos_form=form)
    _told(request, len(gallery.add_photos(found, form.cleaned_data["photos"])))
    return redirect(found)


@require_POST
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def moment(request: HttpRequest) -> HttpResponse:
    """From the person's page, or from that of the clip."""
    said = request.POST.get("person", "")
    found = get_object_or_404(_people(), pk=int(said) if said.isdecimal() and len(said) < 18 else 0)
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _page(request, found, moment_form=form)
    _told(request, int(gallery.add_moment(**form.cleaned_data) is not None))
    return redirect(found)


def _told(request: HttpRequest, count: int) -> None:
    if count:
        nudges.examine_faces()
        text = ngettext("%(n)d photo is being examined.", "%(n)d photos are being examined.", count)
        messages.success(request, text % {"n": count})
    else:
        messages.error(request, _("Nothing was added: the person opted out, or has as many photos as anybody may."))


@require_POST
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    photo = get_object_or_404(FacePhoto.objects.select_related("person"), pk=pk)
    face = request.POST.get("face", "")
    if face.isdecimal() and len(face) < 5 and gallery.choose(photo, int(face)):
        nudges.examine_faces()
    return redirect(photo.person)


@require_POST
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    photo = get_object_or_404(FacePhoto.objects.select_related("person"), pk=pk)
    gallery.remove(photo)
    return redirect(photo.person)


@require_POST
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    gone = get_object_or_404(KnownPerson.objects.recognised(), pk=pk)
    into = request.POST.get("into", "")
    number = int(into) if into.isdecimal() and len(into) < 18 else 0
    kept = get_object_or_404(KnownPerson.objects.recognised().exclude(pk=pk), pk=number)
    gallery.merge(gone, kept)
    messages.success(request, _("The photos were put together."))
    return redirect(kept)


@require_POST
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def opt_out(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(KnownPerson, pk=pk)
    gallery.opt_out(found)
    nudges.examine_faces()
    messages.success(request, _("From now on nobody looks for this face. What is known of it is being erased."))
    return redirect(found)


@require_POST
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    gallery.erase(get_object_or_404(KnownPerson, pk=pk))
    nudges.examine_faces()
    messages.success(request, _("From now on nobody looks for this face. What is known of it is being erased."))
    return redirect("tagging:faces")


@require_safe
@login_required
@permission_required("tagging.manage_gallery", raise_exception=True)
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture itself; never a file as somebody sent it."""
    found = get_object_or_404(FacePhoto, pk=pk, file__endswith=".jpg")
    try:
        answer = byte_ranges.respond(request, StoredFile(found.file), clips.content_type(found.file), found.file[6:38])
    except FileNotFoundError as error:
        raise Http404 from error
    answer["Cache-Control"] = "private, no-store"  # erased, it is in no browser either
    return answer
