import type { FeatureLike } from 'ol/Feature'
import GeoJSON from 'ol/format/GeoJSON'
import type BaseLayer from 'ol/layer/Base'
import Graticule from 'ol/layer/Graticule'
import TileLayer from 'ol/layer/Tile'
import VectorLayer from 'ol/layer/Vector'
import VectorSource from 'ol/source/Vector'
import XYZ from 'ol/source/XYZ'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'

import type { Basemap } from '../stores/deployment'
import type { Colours } from './colours'

/** What lies below everything, in the theme's colours: the deployment's tiles, else its schematic base, and a graticule. */
export function groundLayers(basemap: Basemap | null, schematic: VectorSource | null, colours: Colours): BaseLayer[] {
  return [
    ...(basemap === null ? [] : [tileLayer(basemap)]),
    ...(basemap !== null || schematic === null ? [] : [schematicLayer(schematic, colours)]),
    graticule(colours),
  ]
}

/** Lines of longitude and latitude, so that there is a ground to move over where the city has no map of its own. */
function graticule(colours: Colours): Graticule {
  const text = (align: CanvasTextAlign, baseline: CanvasTextBaseline) => new Text({
    font: `10px ${colours.font}`, fill: new Fill({ color: colours.quiet }), textAlign: align, textBaseline: baseline,
  })
  return new Graticule({
    strokeStyle: new Stroke({ color: colours.line, width: 1 }),
    showLabels: true,
    wrapX: false,
    targetSize: 140,
    lonLabelPosition: 0.01,
    latLabelPosition: 0.995,
    lonLabelStyle: text('center', 'bottom'),
    latLabelStyle: text('end', 'middle'),
    zIndex: 1,
  })
}

/** The city's own schematic base, if the deployment has one: features with `kind` and, if people call it something, `name`. */
export async function schematicBase(): Promise<VectorSource | null> {
  const response = await fetch('/console/base.geojson')
  if (!response.ok) return null
  const read = new GeoJSON().readFeatures(await response.json(), { featureProjection: 'EPSG:3857' })
  return new VectorSource({ features: read })
}

/** `kind`: water, green, river, stream, road, rail or boundary; anything else is land. */
function schematicLayer(source: VectorSource, colours: Colours): VectorLayer {
  const area = (color: string) => new Style({ fill: new Fill({ color }), stroke: new Stroke({ color: colours.line, width: 1 }) })
  const line = (color: string, width: number, lineDash?: number[]) => new Style({ stroke: new Stroke({ color, width, lineDash, lineCap: 'round', lineJoin: 'round' }) })
  const styles: Record<string, Style> = {
    water: area(colours.water),
    green: area(colours.green),
    river: line(colours.water, 9),
    stream: line(colours.water, 4),
    road: line(colours.lineStrong, 1.2),
    rail: line(colours.lineStrong, 1, [6, 4]),
    boundary: line(colours.quiet, 1.2, [8, 4]),
  }
  const land = area(colours.surface)
  return new VectorLayer({
    source,
    zIndex: 0,
    declutter: true,
    style: (feature) => {
      const style = styles[String(feature.get('kind'))] ?? land
      const name: unknown = feature.get('name')
      if (typeof name !== 'string') return style
      const text = new Text({
        text: name, font: `12px ${colours.font}`, fill: new Fill({ color: colours.quiet }), placement: isLine(feature) ? 'line' : 'point',
      })
      return [style, new Style({ text })]
    },
  })
}

function isLine(feature: FeatureLike): boolean {
  return feature.getGeometry()?.getType().endsWith('LineString') === true
}

/** The tiles of a map server that the deployment names. */
function tileLayer(basemap: Basemap): TileLayer {
  return new TileLayer({
    source: new XYZ({ url: basemap.url, attributions: escaped(basemap.attribution), maxZoom: basemap.max_zoom ?? 18 }),
    zIndex: 0,
  })
}

/** OpenLayers takes attributions for markup. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
}
