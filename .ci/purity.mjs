// Time and chance are injected: outside core's defaults/ (and tests) no shipped source reads the host's clock,
// its random numbers or its timers. Uses the type checker, so that an alias or a shadowing name fools nobody.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = path.resolve(fileURLToPath(import.meta.url), '../..')
const isGuarded = (file) =>
  /^packages\/[^/]+\/src\//.test(file) &&
  !file.startsWith('packages/core/src/defaults/') &&
  !/\.(?:test|test-d|bench|fixture)\.ts$/.test(file)
const isCore = (file) => file.startsWith('packages/core/')

const FORBIDDEN_GLOBALS = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'crypto',
  'performance',
])
/** Globals of Node that a pure room has no business with; an adapter to a provider may. */
const FORBIDDEN_IN_CORE = new Set(['process', 'Buffer', 'fetch', 'console'])
// the last is wrong for letters beyond ASCII on Node 20 and 22 once it is called often: parseUrl is there
const FORBIDDEN_MEMBERS = new Set(['DateConstructor.now', 'Math.random', 'URL.canParse'])
const FORBIDDEN_MEMBERS_IN_CORE = new Set(['AbortSignal.timeout'])
const FORBIDDEN_MODULES = /^(?:node:)?(?:timers(?:\/promises)?|perf_hooks)$/
const FORBIDDEN_OF_CRYPTO = /^(?:random.*|getRandomValues|webcrypto|subtle|generateKey.*|generatePrime.*)$/

const configPath = path.join(root, 'tsconfig.json')
const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(configPath, ts.sys.readFile).config,
  ts.sys,
  root,
)
const program = ts.createProgram(config.fileNames, config.options)
const checker = program.getTypeChecker()

const relative = (fileName) => path.relative(root, fileName).split(path.sep).join('/')
const isOfHost = (declaration) => {
  const { fileName } = declaration.getSourceFile()
  return (
    program.isSourceFileDefaultLibrary(declaration.getSourceFile()) || fileName.includes('/node_modules/')
  )
}

function globalNameOf(symbol) {
  const declarations = symbol?.declarations ?? []
  return declarations.length > 0 && declarations.every(isOfHost) ? symbol.name : undefined
}

function memberNameOf(symbol) {
  const owner = symbol?.declarations?.find(isOfHost)?.parent
  if (owner === undefined) return undefined
  if (ts.isInterfaceDeclaration(owner) || ts.isClassDeclaration(owner))
    return `${owner.name?.text}.${symbol.name}`
  // `declare var AbortSignal: { timeout(...): ... }`, in Node's types behind a condition
  const variable = ts.isTypeLiteralNode(owner) ? ts.findAncestor(owner, ts.isVariableDeclaration) : undefined
  return variable === undefined ? undefined : `${variable.name.getText()}.${symbol.name}`
}

const isDateConstructor = (node) =>
  checker.typeToString(checker.getTypeAtLocation(node)) === 'DateConstructor'

/** What is forbidden of a symbol, whatever the name it goes by here. */
function faultOfSymbol(symbol, file) {
  const member = memberNameOf(symbol)
  if (FORBIDDEN_MEMBERS.has(member)) return member.replace('Constructor', '')
  if (isCore(file) && FORBIDDEN_MEMBERS_IN_CORE.has(member)) return member
  const name = globalNameOf(symbol)
  if (name === undefined) return undefined
  if (FORBIDDEN_OF_CRYPTO.test(name) && symbol.declarations.some(isOfCrypto)) return `${name} of crypto`
  if (member !== undefined) return undefined
  if (FORBIDDEN_GLOBALS.has(name)) return name
  return isCore(file) && FORBIDDEN_IN_CORE.has(name) ? name : undefined
}

const isOfCrypto = (declaration) => /\/crypto\.d\.ts$/.test(declaration.getSourceFile().fileName)

/** `const { now } = Date` */
function faultOfBinding(node, file) {
  const key = (node.propertyName ?? node.name).getText()
  return faultOfSymbol(checker.getTypeAtLocation(node.parent).getProperty(key), file)
}

/** `Date['now']()` */
function faultOfElement(node, file) {
  const { expression, argumentExpression } = node
  if (!ts.isStringLiteralLike(argumentExpression)) return undefined
  return faultOfSymbol(checker.getTypeAtLocation(expression).getProperty(argumentExpression.text), file)
}

function faultOfImport(node, file) {
  const symbol = checker.getSymbolAtLocation(node.propertyName ?? node.name)
  const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
  return faultOfSymbol(isAlias ? checker.getAliasedSymbol(symbol) : symbol, file)
}

/** `new Date()` and `Date()` */
function faultOfDate(node) {
  if (!isDateConstructor(node.expression)) return undefined
  if (ts.isCallExpression(node)) return 'Date()'
  return (node.arguments?.length ?? 0) === 0 ? 'new Date() without an instant' : undefined
}

function faultOfModule(node) {
  const from = node.moduleSpecifier?.text ?? ''
  return FORBIDDEN_MODULES.test(from) ? `import of ${from}` : undefined
}

function faultOf(node, file) {
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) return faultOfDate(node)
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return faultOfModule(node)
  if (ts.isImportSpecifier(node)) return faultOfImport(node, file)
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) return faultOfBinding(node, file)
  if (ts.isElementAccessExpression(node)) return faultOfElement(node, file)
  if (!ts.isIdentifier(node) || ts.isTypeNode(node.parent) || ts.isImportSpecifier(node.parent))
    return undefined
  return faultOfSymbol(checker.getSymbolAtLocation(node), file)
}

const faults = new Set()
for (const source of program.getSourceFiles()) {
  const file = relative(source.fileName)
  if (!isGuarded(file)) continue
  const visit = (node) => {
    const fault = faultOf(node, file)
    if (fault !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      faults.add(`${file}:${line + 1}  ${fault}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
}

for (const fault of faults) console.error(fault)
const guarded = program.getSourceFiles().filter((source) => isGuarded(relative(source.fileName))).length
console.log(`purity: ${guarded} files, ${faults.size} violations`)
process.exitCode = faults.size > 0 || guarded === 0 ? 1 : 0
