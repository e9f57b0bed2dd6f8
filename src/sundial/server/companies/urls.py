"""The addresses by which people come in and leave."""

from django.urls import path

from sundial.server.companies.views import account, passwords, photos, signing

urlpatterns = [
    path("login/", signing.sign_in, name="sign-in"),
    path("owner/login/", signing.sign_in, name="sign-in-owner"),
    path("admin/login/", signing.sign_in, name="sign-in-admin"),
    path("user/login/", signing.sign_in, name="sign-in-user"),
    path("login/company/", signing.choose_company, name="choose-company"),
    path("logout/", signing.sign_out, name="sign-out"),
    path("password/reset/", passwords.ask_for_reset, name="password-reset"),
    path("password/set/<str:uid>/<str:token>/", passwords.set_by_link, name="password-set"),
    path("account/", account.account, name="account"),
    path("account/password/", account.change_password, name="account-password"),
    path("account/names/", account.change_names, name="account-names"),
    path("account/photo/", photos.change_own_photo, name="account-photo"),
    path("employees/<id:user_id>/photo.webp", photos.photo, name="person-photo"),
    path("employees/<id:user_id>/photo/", photos.change_photo, name="person-change-photo"),
]
