"""People as programs see and change them."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from rest_framework import serializers

from annotation.forms.people import NewPersonForm
from annotation.people import ROLE_NAMES
from taxonomy.models import BusinessLine


class PersonSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="first_name")
    roles = serializers.SlugRelatedField[Group](source="groups", slug_field="name", many=True, read_only=True)
    lines = serializers.SlugRelatedField[BusinessLine](
        source="business_lines", slug_field="slug", many=True, read_only=True
    )

    class Meta:
        model = User
        fields = ("id", "username", "name", "roles", "lines", "is_active", "last_login")


class ChangedPersonSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=150, allow_blank=True, default="")
    roles = serializers.MultipleChoiceField(choices=list(ROLE_NAMES.items()))
    lines = serializers.SlugRelatedField(slug_field="slug", queryset=BusinessLine.objects.all(), many=True)


class NewPersonSerializer(ChangedPersonSerializer):
    username = serializers.CharField(max_length=150)

    def validate_username(self, value: str) -> str:
        form = NewPersonForm({"username": value})
        form.is_valid()
        if "username" in form.errors:
            raise serializers.ValidationError([str(error) for error in form.errors["username"]])
        return value


class AccessSerializer(serializers.Serializer):
    active = serializers.BooleanField()


class PasswordSerializer(serializers.Serializer):
    person = PersonSerializer()
    password = serializers.CharField(help_text="Told this once.")
