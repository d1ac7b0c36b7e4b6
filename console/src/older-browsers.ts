/** What Pinia and OpenLayers take for granted and Chrome 87 to 92 do not have. Syntax is the build's business. */
if (!('hasOwn' in Object)) {
  Object.defineProperty(Object, 'hasOwn', {
    value: (object: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(object, key),
    configurable: true,
    writable: true,
  })
}

export {}
