"""What the review page sends, and how it is answered.

The page is a plain form, `POST /review/<task>/`; with JavaScript the same fields are sent by fetch.

Fields
    operation           uuid made by the page for this submit; sent twice, stored once
    token               of the claim (fencing): the submit of a lost lease is refused
    taxonomy_version    number the page was drawn with
    model_version       id of the model whose suggestions were shown, or empty
    seconds             of active work, or empty
    verdict-<tag>       accept | reject | replace | "" (undecided); one for each proposed tag
    reason-<tag>        with reject: wrong | minor | general | guideline | rule | other | ""
    replacement-<tag>   with replace: the id of the tag that takes its place
    add                 a tag id; repeated
    add_name            words typed without JavaScript; looked up in the taxonomy, several matches become a choice
    action              submit (undecided tags are accepted) | skip | give_back
    skip_reason         with skip; required

Answers to fetch (`Accept: application/json`)
    200 {"stored": true, "review": id, "undo_url": "/review/undo/",
         "stats": {"today": 41, "seconds": 8.2, "waiting": 1284}}
        for skip and give_back {"stored": true, "review": null, "stats": {...}}
    409 {"error": "lease_lost", "message": "..."}          the reviewer's work stays on the screen
    422 {"conflicts": [{"rule": id or null, "reason": "excludes", "text": "...", "tags": [ids],
                        "repairs": [{"label": "...", "remove": [ids], "add": [ids]}]}],
         "errors": [{"field": "reason-7", "text": "..."}]}
A plain form is answered with a redirect to the next clip, or with the page again: every entry kept, conflicts shown.

Other addresses (fetch; JSON unless it says HTML)
    GET  /review/?line=<slug>               claims a task (or resumes the one held longest), redirects to its page
    GET  /review/next/?line=&not=<task>     HTML: claims one more, the fragment annotation/review.html#clip; 204 when
                                            there is none (`not` may be repeated: tasks already on the screen)
    POST /review/<task>/heartbeat/          {token} -> 200 {"lease_until": ISO time} | 409 {"error": "lease_lost", ...}
    POST /review/undo/                      {operation} -> 200 HTML fragment of the clip of the reviewer's last review,
                                            claimed again, former verdicts filled in | 409 {"error": "nothing_to_undo" |
                                            "too_late" | "not_undoable", "message"}; a plain form is redirected to it
"""
