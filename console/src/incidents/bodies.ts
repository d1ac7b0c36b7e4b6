import type { Place } from '../api/organisation'
import type { AssigneeKind, Candidate, EventBody, IncidentClass, Order, Severity, Source } from './incident'

/** The bodies of the incident topic's events that a console folds; `shared/contracts/incident.py` defines them. */

export interface PlaybookStage {
  number: number
  meaning: string
  starts_after_s: number
  due_after_s: number
  attained_by: 'acknowledged' | 'arrived'
  need: { assignee: AssigneeKind; count: number }
}

export interface Reported extends EventBody {
  incident_class: IncidentClass
  severity: Severity
  location: Place
  description: string
  photo_url: string | null
  source: Source
  external_id: string | null
  playbook: { name: string; arrival_radius_m: number; silence_s: number; tell: string[]; stages: PlaybookStage[] }
}

export interface Considering extends EventBody {
  round: number
  stage: number
  candidates: Candidate[]
  missing: number
}

export interface Issued extends EventBody, Pick<
  Order, 'order_id' | 'round' | 'stage' | 'assignee_kind' | 'assignee_id' | 'assignee_station_id' | 'role'
> {
  distance_m: number | null
  eta_s: number | null
  respond_by: string
}

export interface OfOrder extends EventBody {
  order_id: string
  manual?: boolean
  reason?: string
}

export interface OfStage extends EventBody {
  stage: number
  in_time?: boolean
}

export interface Escalated extends EventBody {
  level: number
  reason: string
}

export interface HandedOver extends EventBody {
  to: string
}

export interface Ended extends EventBody {
  outcome?: string
  reason?: string
}
