-- What scripts see: Redis' globals, none of which they can change.
--
-- Functions that can fail are the host's: Lua would drop the frame of a script that ends with a call
-- of a Lua function, and with it the line that an error has to name.

local host = ...
local api = {}
local type, error, rawget, rawset, setmetatable = type, error, rawget, rawset, setmetatable
local pcall, xpcall, tostring, select, pairs = pcall, xpcall, tostring, select, pairs
local loadstring, setfenv, collectgarbage = loadstring, setfenv, collectgarbage
local sub, find, concat = string.sub, string.find, table.concat

local READONLY = 'Attempt to modify a readonly table'
local frozen = setmetatable({}, { __mode = 'k' })

local function freeze(index)
  local proxy = {}
  frozen[proxy] = true
  return setmetatable(proxy, {
    __index = index,
    __newindex = function() error(READONLY, 2) end,
    __metatable = false,
  })
end

local function copy(from)
  local to = {}
  for name, value in pairs(from) do to[name] = value end
  return to
end

local G = {}
for _, name in pairs({
  'assert', 'collectgarbage', 'error', 'gcinfo', 'getmetatable', 'ipairs', 'next', 'newproxy',
  'pairs', 'rawequal', 'rawget', 'select', 'tonumber', 'tostring', 'type', 'unpack', '_VERSION',
}) do
  G[name] = _G[name]
end
G.collectgarbage = function(what) return what == 'count' and collectgarbage('count') or 0 end

local math = copy(math)
math.random, math.randomseed = host.random, host.randomseed

local resume = coroutine.resume
local function resumed(ok, ...)
  if not ok and host.over() then error(..., 0) end
  return ok, ...
end
local coroutine = copy(coroutine)
coroutine.resume = function(...) return resumed(resume(...)) end

for name, lib in pairs({ string = string, table = table, math = math, coroutine = coroutine }) do
  local own = copy(lib)
  own.dump = nil
  G[name] = freeze(own)
end
getmetatable('').__index = G.string
getmetatable('').__metatable = false

local env = freeze(function(_, name)
  local value = G[name]
  if value == nil then
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
  end
  return value
end)
G._G = env
api.env = env

G.rawset = function(table, name, value)
  if frozen[table] then error(READONLY, 0) end
  return rawset(table, name, value)
end
G.setmetatable = function(table, meta)
  if frozen[table] then error(READONLY, 0) end
  return setmetatable(table, meta)
end

-- An error as scripts see it: those of Redis are a table when they are raised.
local function plain(err)
  if type(err) ~= 'userdata' then return err end
  local text, is_reply = host.text(err)
  if is_reply then return { err = text } end
  return text
end

-- That a script has had its time is nothing that it can catch.
local function caught(ok, ...)
  if ok then return true, ... end
  if host.over() then error(..., 0) end
  local err = plain(...)
  if type(err) == 'table' then
    local text = rawget(err, 'err')
    if type(text) == 'string' then err = text end
  end
  return false, err
end
G.pcall = function(...) return caught(pcall(...)) end
G.xpcall = function(fn, handler)
  return resumed(xpcall(fn, function(err) return handler(plain(err)) end))
end

G.loadstring = function(text, name)
  if sub(text, 1, 1) == '\27' then return nil, 'attempt to load a binary chunk' end
  local chunk, err = loadstring(text, name)
  if not chunk then return nil, err end
  return setfenv(chunk, env)
end
G.load = function(pieces, name)
  local all = {}
  while true do
    local piece = pieces()
    if piece == nil or piece == '' then break end
    all[#all + 1] = piece
  end
  return G.loadstring(concat(all), name or '=(load)')
end

local redis = {
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
  REPL_NONE = 0, REPL_AOF = 1, REPL_SLAVE = 2, REPL_REPLICA = 2, REPL_ALL = 3,
  REDIS_VERSION = host.version, REDIS_VERSION_NUM = host.version_num,
}
api.redis = redis

-- A message with its code: without one it is ERR.
local function with_code(text)
  if sub(text, 1, 1) == '-' then text = sub(text, 2) end
  return find(text, ' ', 1, true) and text or 'ERR ' .. text
end
redis.error_reply = function(...)
  local text = ...
  if select('#', ...) ~= 1 or type(text) ~= 'string' then
    return { err = 'ERR wrong number or type of arguments' }
  end
  return { err = with_code(text) }
end
redis.status_reply = function(...)
  local text = ...
  if select('#', ...) ~= 1 or type(text) ~= 'string' then
    return { err = 'ERR wrong number or type of arguments' }
  end
  return { ok = text }
end

redis.sha1hex, redis.log, redis.set_repl = host.sha1hex, host.log, host.set_repl
redis.replicate_commands = function() return true end
redis.breakpoint = function() return false end
redis.debug = function() end
G.redis = freeze(redis)

G.cjson = freeze({
  encode = host.json_encode,
  decode = host.json_decode,
  null = host.null,
  encode_keep_buffer = function() return true end,
  encode_max_depth = function() return 1000 end,
  decode_max_depth = function() return 1000 end,
  encode_invalid_numbers = function() return false end,
  decode_invalid_numbers = function() return false end,
  encode_sparse_array = function() return false, 2, 10 end,
  encode_number_precision = function() return 14 end,
  _NAME = 'cjson', _VERSION = '2.1.0',
})
G.cmsgpack = freeze({
  pack = host.msgpack_pack,
  unpack = host.msgpack_unpack,
  _NAME = 'cmsgpack', _VERSION = 'lua-cmsgpack 0.4.0',
})
G.bit = freeze(host.bit)
G.struct = freeze(host.struct)

local function failed(err)
  err = plain(err)
  if type(err) ~= 'table' then err = { err = 'ERR ' .. tostring(err) } end
  local source, line = host.where()
  rawset(err, 'source', source)
  rawset(err, 'line', line)
  return err
end

-- While a library is loaded it sees no more than this, and can register functions.
local registered
local function register(...)
  local count = select('#', ...)
  if count < 1 or count > 2 then
    error({ err = 'ERR wrong number of arguments to redis.register_function' }, 0)
  end
  local name, callback = ...
  local entry = { name = name, callback = callback }
  if count == 1 then
    if type(name) ~= 'table' then
      error({ err = 'ERR calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).' }, 0)
    end
    entry = host.named_arguments(name)
  elseif type(name) ~= 'string' and type(name) ~= 'number' then
    error({ err = 'ERR first argument to redis.register_function must be a string' }, 0)
  elseif type(callback) ~= 'function' then
    error({ err = 'ERR second argument to redis.register_function must be a function' }, 0)
  end
  entry.name = tostring(entry.name)
  registered[#registered + 1] = entry
end

local function missing(_, name)
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end
local loading = {
  redis = freeze(setmetatable({
    register_function = register, log = redis.log,
    LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
    REDIS_VERSION = host.version, REDIS_VERSION_NUM = host.version_num,
  }, { __index = missing })),
}
api.library_env = freeze(function(_, name)
  local value
  if registered then value = loading[name] else value = G[name] end
  if value == nil then
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
  end
  return value
end)

api.load_library = function(chunk)
  local functions = {}
  registered = functions
  local ok, value = xpcall(chunk, failed)
  registered = nil
  if ok then return ok, functions end
  return ok, value
end

api.call_function = function(callback, keys, args)
  return xpcall(function() return callback(keys, args) end, failed)
end

-- Runs a script; tells whether it ended well, and what it returned.
api.run = function(script, keys, argv)
  G.KEYS, G.ARGV = keys, argv
  local ok, value = xpcall(script, failed)
  G.KEYS, G.ARGV = nil, nil
  return ok, value
end

return api
