"""Django's PostgreSQL backend, asking the server less: named in the setting `DATABASES`."""
