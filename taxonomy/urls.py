from django.urls import path, re_path

from taxonomy import change_views, guideline_views, proposal_views, rule_views, tree_views, views

app_name = "taxonomy"
urlpatterns = [
    path("", tree_views.index, name="index"),
    path("tags/<int:pk>/", tree_views.tag, name="tag"),
    re_path(
        r"^tree/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.(?P<language>[a-z-]{2,10})\.json$",
        tree_views.categories,
        name="tree",
    ),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/new/", rule_views.rule, name="rule-new"),
    path("rules/contradictions/", rule_views.contradictions, name="rule-contradictions"),
    path("rules/proposals/", proposal_views.proposals, name="rule-proposals"),
    re_path(
        r"^rules/proposals/(?P<pk>\d{1,18})/(?P<decision>accept|refuse)/$", proposal_views.decide, name="rule-proposal"
    ),
    path("rules/tags/", rule_views.tag_options, name="tag-options"),
    path("rules/<uuid:key>/", rule_views.rule, name="rule"),
    path("rules/<uuid:key>/remove/", rule_views.remove, name="rule-remove"),
    path("change-sets/", change_views.change_sets, name="change-sets"),
    path("change-sets/<int:pk>/", change_views.change_set, name="change-set"),
    path("change-sets/<int:pk>/impact/", change_views.preview, name="change-set-impact"),
    path("change-sets/<int:pk>/revert/", change_views.revert, name="change-set-revert"),
    path("change-sets/<int:pk>/<slug:step>/", change_views.step, name="change-set-step"),
    path("change-sets/<int:pk>/edits/<int:number>/remove/", change_views.remove_edit, name="remove-edit"),
    path("versions/", change_views.versions, name="versions"),
    path("versions/compare/", change_views.compare, name="compare"),
    path("versions/<int:number>.json", change_views.export_version, name="export-version"),
    path("versions/<int:number>/restore/", change_views.restore, name="restore"),
    path("guidelines/", guideline_views.edit, name="guideline"),
    path("guidelines/preview/", guideline_views.preview, name="guideline-preview"),
    path("import/", views.import_, name="import"),
    re_path(r"^export/(?P<what>tags|rules)\.csv$", views.export, name="export"),
    re_path(r"^export/taxonomy\.(?P<ending>ttl|rdf|jsonld|json)$", views.export_whole, name="export-whole"),
    path("file/current.json", views.current_file, name="current-file"),
    re_path(r"^file/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.json$", views.file, name="file"),
]
