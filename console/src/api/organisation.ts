export type DutyState = 'off' | 'short' | 'on'
export type SiteClass = 'A' | 'B' | 'C' | 'D'

export interface Place {
  /** WGS-84 degrees. */
  lon: number
  lat: number
}

/** A node of the organisation tree. */
export interface Station {
  station_id: string
  name: string
  level: 'city' | 'district' | 'station'
  parent_id: string | null
  path: string
  location: Place
}

export interface Equipment {
  equipment_id: string
  kind: string
  count: number
  /** Dates, YYYY-MM-DD. */
  inspected_on: string | null
  expires_on: string | null
}

export interface Post {
  post_id: string
  name: string
  location: Place
  fixed_code_allowed: boolean
}

/** Who is on duty, at which post, until when (RFC 3339). */
export interface Lease {
  member_id: string
  post_id: string
  until: string
}

/** A unit as `/checkin/v1/units/{id}` tells of it. */
export interface UnitDetail {
  unit_id: string
  name: string
  site_id: string
  station_id: string
  path: string
  site_class: SiteClass
  location: Place
  quorum: number
  leader_id: string | null
  member_ids: string[]
  equipment: Equipment[]
  capabilities: string[]
  suspended: boolean
  duty: { state: DutyState; until: string | null; on_duty: Lease[] }
  posts: Post[]
}

/** A unit's member, personal data masked. */
export interface MaskedMember {
  member_id: string
  name: string
  phone: string
  role: string
  active: boolean
}
