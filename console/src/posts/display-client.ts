import { api } from '../api'
import { ApiClient } from '../api/client'
import { currentLocale } from '../text'

/** A display carries a token that was issued to it, behind the # of its address; without one, whoever is logged in asks. */
export function displayClient(hash: string): ApiClient {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('token')
  if (token === null) return api
  const bearer = { whose: () => null, token: () => Promise.resolve(token), renewed: () => Promise.resolve(null) }
  return new ApiClient(bearer, currentLocale)
}
