"""Stores: PostgreSQL for all that happened, Redis for the schedule of later work."""

from __future__ import annotations

from hub.storage.accounts import PostgresAccounts, PostgresSecondFactors, PostgresSessions
from hub.storage.activity import PostgresActivity
from hub.storage.appointments import RedisAppointments
from hub.storage.approvals import PostgresApprovals
from hub.storage.audiences import PostgresRecipients
from hub.storage.bulk import PostgresBulk
from hub.storage.case_threads import PostgresCases
from hub.storage.casework import PostgresCasework, PostgresConversations
from hub.storage.communications import PostgresCommunications
from hub.storage.consents import PostgresUnsubscribes
from hub.storage.constancias import PostgresConstancias
from hub.storage.database import Database
from hub.storage.delivery import PostgresDelivery
from hub.storage.directory_history import PostgresDirectoryHistory
from hub.storage.documents import PostgresDocuments
from hub.storage.emergencies import PostgresEmergencies
from hub.storage.erasures import PostgresErasures
from hub.storage.escalations import PostgresEscalations
from hub.storage.evidence import PostgresEvidence, PostgresSeals
from hub.storage.exclusions import PostgresExclusions
from hub.storage.explain import PostgresExplain
from hub.storage.genuine import PostgresGenuine
from hub.storage.held_events import PostgresHeldEvents
from hub.storage.history import PostgresHistory
from hub.storage.inbox import PostgresInbox
from hub.storage.intake import PostgresDryRuns, PostgresIntake
from hub.storage.keys import PostgresAudit, PostgresKeys
from hub.storage.letters import PostgresLetters
from hub.storage.log import PostgresLog
from hub.storage.monitor import PostgresMonitor
from hub.storage.months import PostgresMonths
from hub.storage.notice_digests import PostgresNoticeDigests
from hub.storage.pauses import PostgresPauses
from hub.storage.person_export import PostgresPersonExport
from hub.storage.preferences import PostgresPreferences
from hub.storage.presence import RedisPresence
from hub.storage.radicados import PostgresRadicados
from hub.storage.reach import PostgresReach, PostgresReadiness
from hub.storage.receipts import PostgresMailReports, PostgresReceipts
from hub.storage.replies import PostgresContacts, PostgresReplies
from hub.storage.residents import PostgresResidentAccess, PostgresResidents
from hub.storage.results import PostgresResults, PostgresWebhooks
from hub.storage.retention import PostgresRetention
from hub.storage.secrets import PostgresSecrets
from hub.storage.sheet_imports import PostgresSheetImports
from hub.storage.standing_tasks import PostgresStandingTasks
from hub.storage.surveys import PostgresSurveys
from hub.storage.throttles import RedisThrottle
from hub.storage.timers import PostgresTimers
from hub.storage.told_channels import PostgresToldChannels
