import { conforms } from './conformance.fixture.js'
import { openTestStorage } from './test-storage.fixture.js'

conforms(() => openTestStorage())
