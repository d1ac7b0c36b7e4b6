import { currentLocale } from '../text'
import { ApiClient } from './client'
import { Session } from './session'

/** The session of this tab, and the APIs as its account. */
export const session = new Session(currentLocale)
export const api = new ApiClient(session, currentLocale)
