import { conformsOn } from './conformance.fixture.js'

conformsOn({ oldest: false })
