-- The events that show a standing task done, of a year: few types, of which each building has a handful.
CREATE INDEX event_task ON ONLY event (type, time)
WHERE type IN (
    'co.coproservicios.admin.assembly.convened.v1',
    'co.coproservicios.admin.financial_report.published.v1',
    'co.coproservicios.admin.visit.scheduled.v1',
    'co.coproservicios.policy.task.done.v1',
    'co.coproservicios.policy.updated.v1',
    'co.coproservicios.pqrs.report.published.v1',
    'co.coproservicios.privacy.consent.requested.v1',
    'co.coproservicios.quality.audit.finding.v1',
    'co.coproservicios.staff.training.scheduled.v1'
);
