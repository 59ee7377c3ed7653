"""Addresses of teach."""

from django.urls import path

from teach import views

app_name = "teach"
urlpatterns = [
    path("teach/", views.home, name="home"),
    path("teach/cohorts/<uuid:cohort_id>/", views.cohort, name="cohort"),
    path("teach/cohorts/<uuid:cohort_id>/board/", views.board_part, name="board"),
    path("teach/cohorts/<uuid:cohort_id>/code/", views.new_code, name="new_code"),
    path("teach/cohorts/<uuid:cohort_id>/learners/<int:enrolment_id>/remove/", views.remove, name="remove"),
    path("join/<str:code>/", views.join, name="join"),
    path("classes/", views.classes, name="classes"),
    path("classes/<int:enrolment_id>/leave/", views.leave, name="leave"),
]
