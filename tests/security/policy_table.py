"""What everyone gets at every address: the policy of the whole house on one page.

A row: route, method, then what each person gets, in the order of `world.PEOPLE`; one value stands for everyone. Things
in the route are the learner's, who is in the instructor's class. `login` and `signup` are redirects there, 302 is any
other redirect. After `@`: another way to fill the route in (`PLACES`). An address that is not here fails the test.
"""

PAGES = """
(front)                                                  GET   200
(front)                                                  POST  405
lessons/<slug:slug>/                                     GET   200
lessons/<slug:slug>/                                     POST  405
lessons/<slug:slug>/@locked                              GET   403 403 403 403 200 200 200
lessons/<slug:slug>/@unknown                             GET   404
lessons/<slug:slug>/check/                               GET   200 200 302 200 200 200 200
lessons/<slug:slug>/check/                               POST  302
lessons/<slug:slug>/check/@locked                        GET   403 403 403 403 200 200 200
lessons/<slug:slug>/check/@locked                        POST  403 403 403 403 302 302 302
lessons/<slug:slug>/check/<uuid:attempt_id>/             GET   404 404 302 404 404 404 404
lessons/<slug:slug>/check/<uuid:attempt_id>/             POST  405
lessons/<slug:slug>/check/<uuid:attempt_id>/<int:place>/ GET   404 404 200 404 404 404 404
lessons/<slug:slug>/check/<uuid:attempt_id>/<int:place>/ POST  405
lessons/<slug:slug>/check/<uuid:attempt_id>/answer/      GET   405
lessons/<slug:slug>/check/<uuid:attempt_id>/answer/      POST  404 404 422 404 404 404 404
lessons/<slug:slug>/check/<uuid:attempt_id>/draft/       GET   405
lessons/<slug:slug>/check/<uuid:attempt_id>/draft/       POST  404 404 204 404 404 404 404
lessons/<slug:slug>/challenge/                           GET   302
lessons/<slug:slug>/challenge/                           POST  302
lessons/<slug:slug>/challenge/@locked                    GET   200 200 200 200 302 302 302
lessons/<slug:slug>/challenge/@locked                    POST  302
lessons/<slug:slug>/challenge/@unknown                   GET   404
me/record/                                               GET   login 200 200 200 200 200 200
me/record/                                               POST  login 200 200 200 200 200 200
me/record/<uuid:record_id>/withdraw/                     GET   405
me/record/<uuid:record_id>/withdraw/                     POST  login 404 302 404 404 404 404
records/<uuid:record_id>/                                GET   200
records/<uuid:record_id>/                                POST  405
lessons/<slug:slug>/place/                               GET   405
lessons/<slug:slug>/place/                               POST  204
lessons/<slug:slug>/place/@locked                        POST  204 403 403 403 204 204 204
lessons/<slug:slug>/notes/                               GET   200
lessons/<slug:slug>/notes/                               POST  302
lessons/<slug:slug>/notes/@locked                        GET   403 403 403 403 200 200 200
lessons/<slug:slug>/notes/@locked                        POST  403 403 403 403 302 302 302
lessons/<slug:slug>/report/                              GET   200
lessons/<slug:slug>/report/                              POST  302
lessons/<slug:slug>/report/@locked                       GET   403 403 403 403 200 200 200
lessons/<slug:slug>/report/@locked                       POST  403 403 403 403 302 302 302
lessons/<slug:slug>/report/@check                        GET   404 404 200 404 404 404 404
lessons/<slug:slug>/report/@check                        POST  404 404 302 404 404 404 404
lessons/<slug:slug>/report/@review                       GET   404 404 200 404 404 404 404
notes/                                                   GET   200
notes/                                                   POST  405
review/                                                  GET   200
review/                                                  POST  302
review/<uuid:review_id>/                                 GET   404 404 200 404 404 404 404
review/<uuid:review_id>/                                 POST  405
review/<uuid:review_id>/answer/                          GET   405
review/<uuid:review_id>/answer/                          POST  404 404 422 404 404 404 404
search/                                                  GET   200
search/                                                  POST  405
glossary/                                                GET   200
glossary/                                                POST  405
sheet/                                                   GET   200
sheet/                                                   POST  405
images/<str:name>                                        GET   404
images/<str:name>                                        POST  405

labs/                                                    GET   200
labs/                                                    POST  405
labs/<slug:slug>/                                        GET   403 403 403 403 200 200 200
labs/<slug:slug>/                                        POST  403 403 403 403 302 302 302
labs/<slug:slug>/@taster                                 GET   200
labs/<slug:slug>/@taster                                 POST  302
labs/<slug:slug>/beside/                                 GET   403 403 403 403 200 200 200
labs/<slug:slug>/beside/                                 POST  405
labs/<slug:slug>/build/                                  GET   403 403 403 403 200 200 200
labs/<slug:slug>/build/                                  POST  405
labs/<slug:slug>/build/@taster                           GET   200
labs/<slug:slug>/build/count/                            GET   405
labs/<slug:slug>/build/count/                            POST  403 403 403 403 422 422 422
labs/<slug:slug>/build/start/<slug:arch>/                GET   403 403 403 403 404 404 404
labs/<slug:slug>/build/start/<slug:arch>/                POST  405
labs/<slug:slug>/preview/<slug:kind>/                    GET   405
labs/<slug:slug>/preview/<slug:kind>/                    POST  403 403 403 403 302 302 302
labs/<slug:slug>/preview/<slug:kind>/@taster             POST  302
previews/<uuid:preview_id>/                              GET   404 200 200 200 200 200 200
previews/<uuid:preview_id>/                              POST  405
previews/<uuid:preview_id>/@of_run                       GET   404 404 200 404 404 200 200
previews/<uuid:preview_id>/file                          GET   404
previews/<uuid:preview_id>/file                          POST  405
previews/<uuid:preview_id>/pick/                         GET   405
previews/<uuid:preview_id>/pick/                         POST  404 302 302 302 302 302 302
previews/<uuid:preview_id>/pick/@of_run                  POST  404
runs/<uuid:run_id>/download/<slug:kind>/                 GET   404 404 409 404 404 409 409
runs/<uuid:run_id>/download/<slug:kind>/                 POST  404 404 409 404 404 409 409
data/                                                    GET   200
data/                                                    POST  405
data/new/                                                GET   200
data/new/                                                POST  422
data/<uuid:set_id>/                                      GET   404 404 200 404 404 404 404
data/<uuid:set_id>/                                      POST  404 404 302 404 404 404 404
data/<uuid:set_id>/sheets/<int:place>.webp               GET   404 404 200 404 404 404 404
data/<uuid:set_id>/sheets/<int:place>.webp               POST  405
data/<uuid:set_id>/file                                  GET   404 404 200 404 404 404 404
data/<uuid:set_id>/file                                  POST  405
data/<uuid:set_id>/delete/                               GET   405
data/<uuid:set_id>/delete/                               POST  404 404 302 404 404 404 404
runs/                                                    GET   200
runs/                                                    POST  405
runs/compare/                                            GET   200
runs/compare/                                            POST  405
runs/<uuid:run_id>/                                      GET   404 404 200 404 404 200 200
runs/<uuid:run_id>/                                      POST  405
runs/<uuid:run_id>/outcome/                              GET   404 404 200 404 404 200 200
runs/<uuid:run_id>/outcome/                              POST  405
runs/<uuid:run_id>/script.py                             GET   404 404 200 404 404 200 200
runs/<uuid:run_id>/script.py                             POST  405
runs/<uuid:run_id>/looks/                                GET   404 404 200 404 404 200 200
runs/<uuid:run_id>/looks/                                POST  405
runs/<uuid:run_id>/pictures.webp                         GET   404
runs/<uuid:run_id>/pictures.webp                         POST  405
runs/<uuid:run_id>/stop/                                 GET   405
runs/<uuid:run_id>/stop/                                 POST  404 404 302 404 404 403 302
runs/<uuid:run_id>/pause/                                GET   405
runs/<uuid:run_id>/pause/                                POST  404 404 302 404 404 403 403
runs/<uuid:run_id>/resume/                               GET   405
runs/<uuid:run_id>/resume/                               POST  404 404 302 404 404 403 403
runs/<uuid:run_id>/priority/                             GET   405
runs/<uuid:run_id>/priority/                             POST  404 404 403 404 404 302 302
runs/<uuid:run_id>/rate/                                 GET   405
runs/<uuid:run_id>/rate/                                 POST  404 404 302 404 404 403 403
runs/<uuid:run_id>/about/                                GET   405
runs/<uuid:run_id>/about/                                POST  404 404 302 404 404 403 403
runs/<uuid:run_id>/branch/                               GET   405
runs/<uuid:run_id>/branch/                               POST  404 404 302 404 404 403 403
runs/<uuid:run_id>/twin/                                 GET   405
runs/<uuid:run_id>/twin/                                 POST  404 404 302 404 404 403 403
runs/<uuid:run_id>/again/                                GET   405
runs/<uuid:run_id>/again/                                POST  404 404 302 404 404 403 403
groups/<uuid:group_id>/                                  GET   404 404 200 404 404 200 200
groups/<uuid:group_id>/                                  POST  405
groups/<uuid:group_id>/stop/                             GET   405
groups/<uuid:group_id>/stop/                             POST  404 404 302 404 404 404 404

inference/                                               GET   200
inference/                                               POST  422
inference/@run                                           GET   404 404 200 404 404 404 404
inference/@query                                         GET   404 404 200 404 404 404 404

teach/                                                   GET   login 403 403 403 200 200 403
teach/                                                   POST  login 403 403 403 302 302 403
teach/cohorts/<uuid:cohort_id>/                          GET   login 403 403 403 404 200 403
teach/cohorts/<uuid:cohort_id>/                          POST  login 403 403 403 405 405 403
teach/cohorts/<uuid:cohort_id>/board/                    GET   login 403 403 403 404 200 403
teach/cohorts/<uuid:cohort_id>/board/                    POST  login 403 403 403 405 405 403
teach/cohorts/<uuid:cohort_id>/code/                     GET   login 403 403 403 405 405 403
teach/cohorts/<uuid:cohort_id>/code/                     POST  login 403 403 403 404 302 403
teach/cohorts/<uuid:cohort_id>/learners/<int:enrolment_id>/remove/ GET  login 403 403 403 405 405 403
teach/cohorts/<uuid:cohort_id>/learners/<int:enrolment_id>/remove/ POST login 403 403 403 404 302 403
teach/mistakes/                                          GET   login 403 403 403 200 200 403
teach/mistakes/                                          POST  405
teach/mistakes/<int:report_id>/                          GET   405
teach/mistakes/<int:report_id>/                          POST  login 403 403 403 302 302 403
join/<str:code>/                                         GET   200
join/<str:code>/                                         POST  302
join/<str:code>/@unknown                                 GET   404
join/<str:code>/@unknown                                 POST  404
classes/                                                 GET   200
classes/                                                 POST  405
classes/<int:enrolment_id>/leave/                        GET   405
classes/<int:enrolment_id>/leave/                        POST  404 404 302 404 404 404 404

me/                                                      GET   login 200 200 200 200 200 200
me/                                                      POST  login 302 302 302 302 302 302
me/theme/                                                GET   login 405 405 405 405 405 405
me/theme/                                                POST  login 204 204 204 204 204 204
me/tokens/                                               GET   login 405 405 405 405 405 405
me/tokens/                                               POST  login 403 200 200 200 200 200
me/tokens/<int:token_id>/revoke/                         GET   login 405 405 405 405 405 405
me/tokens/<int:token_id>/revoke/                         POST  login 404 302 404 404 404 404
me/export/                                               GET   login 200 200 200 200 200 200
me/export/                                               POST  login 405 405 405 405 405 405
me/erase/                                                GET   login 405 405 405 405 405 405
me/erase/                                                POST  login 422 422 422 422 422 422
privacy/                                                 GET   200
privacy/                                                 POST  405
"""

ACCOUNTS = r"""
accounts/login/                                          GET   200 200 302 302 302 302 302
accounts/login/                                          POST  200 200 302 302 302 302 302
accounts/signup/                                         GET   200 200 302 302 302 302 302
accounts/signup/                                         POST  200 200 302 302 302 302 302
accounts/logout/                                         GET   302 200 200 200 200 200 200
accounts/logout/                                         POST  302
accounts/email/                                          GET   login signup 200 200 200 200 200
accounts/email/                                          POST  login signup 302 302 302 302 302
accounts/password/change/                                GET   login signup 200 200 200 200 200
accounts/password/change/                                POST  login signup 200 200 200 200 200
accounts/password/set/                                   GET   login signup 302 302 302 302 302
accounts/password/set/                                   POST  login signup 302 302 302 302 302
accounts/reauthenticate/                                 GET   login signup 200 200 200 200 200
accounts/reauthenticate/                                 POST  login signup 200 200 200 200 200
accounts/inactive/                                       GET   200
accounts/inactive/                                       POST  405
accounts/confirm-email/                                  GET   200
accounts/confirm-email/                                  POST  405
accounts/^confirm-email/(?P<key>[-:\w]+)/$               GET   200
accounts/^confirm-email/(?P<key>[-:\w]+)/$               POST  404
accounts/password/reset/                                 GET   200
accounts/password/reset/                                 POST  200
accounts/password/reset/done/                            GET   200
accounts/password/reset/done/                            POST  405
accounts/password/reset/key/done/                        GET   200
accounts/password/reset/key/done/                        POST  405
accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$ GET  200
accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$ POST 200
accounts/login/code/confirm/                             GET   login 302 302 302 302 302 302
accounts/login/code/confirm/                             POST  login 302 302 302 302 302 302
"""

API = """
api/v1/openapi.json                                      GET   200
api/v1/openapi.json                                      POST  200
api/v1/docs                                              GET   200
api/v1/docs                                              POST  200
api/v1/                                                  GET   404
api/v1/                                                  POST  404
api/v1/lessons                                           GET   200
api/v1/lessons                                           POST  405
api/v1/lessons/<slug>                                    GET   200
api/v1/lessons/<slug>                                    POST  405
api/v1/lessons/<slug>@locked                             GET   403 403 403 403 200 200 200
api/v1/lessons/<slug>/attempts                           GET   405
api/v1/lessons/<slug>/attempts                           POST  401 201 201 201 201 201 201
api/v1/lessons/<slug>/attempts@locked                    POST  401 403 403 403 201 201 201
api/v1/lessons/<slug>/challenge                          GET   405
api/v1/lessons/<slug>/challenge                          POST  401 201 201 201 201 201 201
api/v1/lessons/<slug>/challenge@locked                   POST  401 201 201 201 201 201 201
api/v1/lessons/<slug>/attempts/<attempt_id>              GET   401 404 200 404 404 404 404
api/v1/lessons/<slug>/attempts/<attempt_id>              POST  405
api/v1/lessons/<slug>/attempts/<attempt_id>/answers      GET   405
api/v1/lessons/<slug>/attempts/<attempt_id>/answers      POST  401 404 422 404 404 404 404
api/v1/labs                                              GET   401 200 200 200 200 200 200
api/v1/labs                                              POST  405
api/v1/labs/<slug>                                       GET   401 403 403 403 200 200 200
api/v1/labs/<slug>                                       POST  405
api/v1/labs/<slug>/runs                                  GET   405
api/v1/labs/<slug>/runs                                  POST  401 403 403 403 201 201 201
api/v1/runs                                              GET   401 200 200 200 200 200 200
api/v1/runs                                              POST  405
api/v1/runs/<run_id>                                     GET   401 404 200 404 404 200 200
api/v1/runs/<run_id>                                     POST  405
api/v1/runs/<run_id>/events                              GET   401 404 200 404 404 200 200
api/v1/runs/<run_id>/events                              POST  405
api/v1/runs/<run_id>/stop                                GET   405
api/v1/runs/<run_id>/stop                                POST  401 404 409 404 404 403 409
api/v1/runs/<run_id>/priority                            GET   405
api/v1/runs/<run_id>/priority                            POST  401 404 403 404 404 409 409
api/v1/runs/<run_id>/pause                               GET   405
api/v1/runs/<run_id>/pause                               POST  401 404 409 404 404 403 403
api/v1/runs/<run_id>/resume                              GET   405
api/v1/runs/<run_id>/resume                              POST  401 404 409 404 404 403 403
api/v1/runs/<run_id>/rate                                GET   405
api/v1/runs/<run_id>/rate                                POST  401 404 409 404 404 403 403
api/v1/runs/<run_id>/branch                              GET   405
api/v1/runs/<run_id>/branch                              POST  401 404 403 404 404 403 403
api/v1/runs/<run_id>/twin                                GET   405
api/v1/runs/<run_id>/twin                                POST  401 404 403 404 404 403 403
api/v1/runs/<run_id>/again                               GET   405
api/v1/runs/<run_id>/again                               POST  401 404 403 404 404 403 403
api/v1/runs/<run_id>/artifacts                           GET   401 404 200 404 404 200 200
api/v1/runs/<run_id>/artifacts                           POST  405
api/v1/runs/<run_id>/artifacts/<artifact_id>             GET   401 404 200 404 404 200 200
api/v1/runs/<run_id>/artifacts/<artifact_id>             POST  405
api/v1/runs/<run_id>/checkpoints                         GET   401 404 200 404 404 200 200
api/v1/runs/<run_id>/checkpoints                         POST  405
api/v1/runs/<run_id>/metrics.csv                         GET   401 404 200 404 404 200 200
api/v1/runs/<run_id>/metrics.csv                         POST  405
api/v1/labs/<slug>/sweeps                                GET   405
api/v1/labs/<slug>/sweeps                                POST  401 403 403 403 201 201 201
api/v1/groups/<group_id>                                 GET   401 404 200 404 404 200 200
api/v1/groups/<group_id>                                 POST  405
api/v1/groups/<group_id>/stop                            GET   405
api/v1/groups/<group_id>/stop                            POST  401 404 200 404 404 403 403
api/v1/data                                              GET   401 200 200 200 200 200 200
api/v1/data                                              POST  401 422 422 422 422 422 422
api/v1/data/<set_id>                                     GET   401 404 200 404 404 404 404
api/v1/data/<set_id>                                     POST  405
api/v1/ledger                                            GET   405
api/v1/ledger                                            POST  401 200 200 200 200 200 200
api/v1/queries                                           GET   405
api/v1/queries                                           POST  401 422 422 422 422 422 422
api/v1/queries/<query_id>                                GET   401 404 200 404 404 404 404
api/v1/queries/<query_id>                                POST  405
api/v1/cohorts                                           GET   401 403 403 403 200 200 403
api/v1/cohorts                                           POST  405
api/v1/cohorts/<uuidstr:cohort_id>                       GET   401 404 404 404 404 200 404
api/v1/cohorts/<uuidstr:cohort_id>                       POST  405
"""

HEALTH = """
healthz                                                  GET   200
healthz                                                  POST  200
readyz                                                   GET   503
readyz                                                   POST  503
"""

# 101 is a socket that opens, 403 one that is refused.
SOCKETS = """
ws/runs/<uuid:run_id>/                                   WS    403 403 101 403 403 101 101
ws/cohorts/<uuid:cohort_id>/                             WS    403 403 403 403 403 101 403
(front)                                                  WS    403
"""

FORMS = {
    "lessons/<slug:slug>/check/<uuid:attempt_id>/answer/": {"question": "1"},
    "lessons/<slug:slug>/check/<uuid:attempt_id>/draft/": {"question": "1", "text": "12"},
    "lessons/<slug:slug>/place/": {"anchor": "b-1"},
    "lessons/<slug:slug>/notes/": {"text": "Mine", "base": ""},
    "lessons/<slug:slug>/report/": {"text": "Wrong."},
    "teach/mistakes/<int:report_id>/": {"state": "accepted"},
    "teach/": {"name": "New"},
    "join/<str:code>/": {"name": "Someone"},
    "previews/<uuid:preview_id>/pick/": {"number": "1"},
    "me/": {"name": "Someone"},
    "me/tokens/": {"name": "notebook"},
    "me/theme/": {"theme": "dark"},
}
JSON = {
    "api/v1/lessons/<slug>/attempts/<attempt_id>/answers": {"question": 1},
    "api/v1/labs/<slug>/runs": {},
    "api/v1/labs/<slug>/sweeps": {"field": "epochs", "values": [1, 2]},
    "api/v1/runs/<run_id>/rate": {"value": 0.01},
    "api/v1/runs/<run_id>/priority": {"minutes": 5},
    "api/v1/runs/<run_id>/branch": {"step": 1},
    "api/v1/runs/<run_id>/twin": {"field": "epochs", "value": 2},
    "api/v1/runs/<run_id>/again": {"count": 1},
    "api/v1/ledger": {"arch": "lenet5"},
}
