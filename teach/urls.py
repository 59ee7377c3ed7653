"""Addresses of teach."""

from django.urls import path

from teach import mistake_views, views

app_name = "teach"
urlpatterns = [
    path("teach/", views.home, name="home"),
    path("teach/cohorts/<uuid:cohort_id>/", views.cohort, name="cohort"),
    path("teach/cohorts/<uuid:cohort_id>/board/", views.board_part, name="board"),
    path("teach/cohorts/<uuid:cohort_id>/code/", views.new_code, name="new_code"),
    path("teach/cohorts/<uuid:cohort_id>/learners/<int:enrolment_id>/remove/", views.remove, name="remove"),
    path("teach/mistakes/", mistake_views.mistakes, name="mistakes"),
    path("teach/mistakes/<int:report_id>/", mistake_views.decide, name="decide"),
    path("join/<str:code>/", views.join, name="join"),
    path("classes/", views.classes, name="classes"),
    path("classes/<int:enrolment_id>/leave/", views.leave, name="leave"),
]
