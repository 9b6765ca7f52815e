"""Google on one machine: a stand-in for the People API v1 and for Google's sign-in (see `consent`).

A real HTTP server, in memory, as strict as Google's documentation: `GoogleStandIn().serve()` in a process, or
`python -m infra.standins.google --port 8081`. Clients need nothing but its address.

Methods played: people.get, getBatchGet, connections.list, createContact, batchCreateContacts, updateContact,
batchUpdateContacts, deleteContact, batchDeleteContacts; contactGroups.list, get, create, update,
delete, members.modify. The others, and the parameters `fields`, `callback` and `requestMask.includeField`,
answer 501 UNIMPLEMENTED.

Sources:

* the discovery document bundled with google-api-python-client (people v1, revision 20251117): paths,
  parameters, schemas, scopes, field mask paths, singletons, batch sizes, page sizes, token rules;
* the REST reference, developers.google.com/people/api/rest/v1, with BatchCreateContactsErrorDetails and
  BatchUpdateContactsErrorDetails: a batch is done as a whole or not at all;
* the guide "Read and manage contacts", developers.google.com/people/v1/contacts: etags, sync tokens;
* Google Contacts Help, support.google.com/contacts/answer/148779: 25,000 contacts, 128 KB, 500 fields, 1,024
  characters in a field except notes;
* google/rpc/code.proto and error_details.proto, and protobuf's JSON transcoder for the texts of 400 answers;
* developers.google.com/identity/protocols/oauth2: when refresh tokens end.

Choices, where Google is silent:

* a contact created without memberships is put into "My Contacts"; one created with a label only is not;
* the trash counts towards the 25,000 and the 20 MB for 30 days; the overflow's status is FAILED_PRECONDITION;
* batchDeleteContacts with a name that does not exist is refused with 404 (`Rules.missing_in_batch_delete`);
* batch calls answer in the order of the request (`Rules.shuffle_answers`); a failed batch has the status of
  its first error;
* overlapping mutate requests are counted, and answered 409 ABORTED on request (`Rules.refuse_overlaps`);
* an update without a change still gives a new etag; so does a change of memberships by whatever method;
* an update is refused when any etag in it is stale, the person's or the source's;
* a group that does not exist, in a membership: 400; an outdated group etag: 409 ABORTED; no group etag: 400;
* group names are compared exactly, and with those of system groups too;
* a contact that loses its last group because the group is deleted is put into "My Contacts";
* an incremental listing does not prolong the seven days of a sync token; the page size is among the
  parameters that must match; LAST_MODIFIED_DESCENDING gives no sync token; group sync tokens never expire;
* Google may give sync tokens up before their time, and answer an expired one in several shapes
  (`Rules.expired_sync_token`);
* changes are visible at once, where Google may take minutes, unless it is said otherwise (`Rules.lag`); then
  they are visible in their order, and the answers to writes are true all the same. So it is with labels;
* there are no quotas unless it is said otherwise (`Rules.quota`); see `quota` for what is known of them;
* what merging in Google Contacts makes of resource names and fields; see `merging`;
* whatever is written is stored as it was written, unless it is said otherwise (`Rules.wordings`); what Google
  or a phone may make of it, see `wording`;
* how names and addresses are composed, which items count as fields, how the 128 KB and 20 MB are measured;
* authorization is checked before the quota is, and the quota before the request: one that is refused for
  another reason than the quota costs all the same; one that a planned fault keeps from being carried out does
  not;
* snake_case names of parameters and members are refused;
* the owner of an account, at work in Google's own pages, has no quotas, lag, latency nor faults.
"""

from infra.standins.google.faults import Fault
from infra.standins.google.lag import Lag
from infra.standins.google.mishap import Mishap
from infra.standins.google.quota import Quota
from infra.standins.google.rules import Rules
from infra.standins.google.standin import GoogleStandIn
from infra.standins.google.world import NewAccount, NewClient

__all__ = ["Fault", "GoogleStandIn", "Lag", "Mishap", "NewAccount", "NewClient", "Quota", "Rules"]
