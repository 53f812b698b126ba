from django.urls import URLPattern

app_name = "tagging"
urlpatterns: list[URLPattern] = []
