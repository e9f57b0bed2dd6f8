"""The addresses of the vault's pages; each is listed in tests/architecture/routes.py."""

from django.urls import path

from sundial.server.vault.views import deeds, file, keeping, listing, rules, shares, uploads

urlpatterns = [
    path("vault/", listing.vault, name="vault"),
    path("vault/bin/", listing.bin_list, name="vault-bin"),
    path("vault/keep/<slug:kind>/", keeping.keep, name="vault-keep"),
    path("vault/several/", deeds.several, name="vault-several"),
    path("vault/folders/new/", deeds.new_folder, name="vault-folder-new"),
    path("vault/folders/<id:folder_id>/", deeds.change_folder, name="vault-folder-change"),
    path("vault/folders/<id:folder_id>/bin/", deeds.bin_folder, name="vault-folder-bin"),
    path("vault/uploads/", uploads.uploads, name="vault-uploads"),
    path("vault/uploads/<uuid:upload_id>/", uploads.upload, name="vault-upload"),
    path("vault/files/<id:file_id>/change/", deeds.change_file, name="vault-file-change"),
    path("vault/files/<id:file_id>/", file.file, name="vault-file"),
    path("vault/files/<id:file_id>/content/", file.content, name="vault-file-content"),
    path("vault/files/<id:file_id>/preview/", file.preview, name="vault-file-preview"),
    path("vault/files/<id:file_id>/standing/", file.standing, name="vault-file-standing"),
    path("vault/files/<id:file_id>/version/", file.make_current, name="vault-file-version"),
    path("vault/files/<id:file_id>/arrange/", file.arrange, name="vault-file-arrange"),
    path("vault/files/<id:file_id>/rule/", rules.rule, name="vault-file-rule"),
    path("vault/rules/look/", rules.look, name="vault-rule-look"),
    path("vault/files/<id:file_id>/bin/", file.put_into_bin, name="vault-file-bin"),
    path("vault/files/<id:file_id>/share/", shares.share, name="vault-share"),
    path("vault/shares/<id:share_id>/end/", shares.end, name="vault-share-end"),
    path("vault/s/<str:token>/", shares.shared, name="vault-shared"),
    path("vault/s/<str:token>/content/", shares.content, name="vault-shared-content"),
]
