-- What scripts see: Redis' globals, none of which they can change. The host gives functions that
-- return an error's text where Lua has to raise it, so that it has the script's line.

local host = ...
local api = {}
local type, error, rawget, rawset, setmetatable = type, error, rawget, rawset, setmetatable
local pcall, xpcall, tostring, select, pairs = pcall, xpcall, tostring, select, pairs
local loadstring, setfenv, sub, concat = loadstring, setfenv, string.sub, table.concat

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

-- An error of the host, with the place of the script that made it.
local function checked(fn)
  return function(...)
    local ok, value, more = fn(...)
    if not ok then error(value, 2) end
    return value, more
  end
end

-- The same, without the place: this is how Redis' own functions raise.
local function bare(fn)
  return function(...)
    local ok, value = fn(...)
    if not ok then error({ err = 'ERR ' .. value }, 0) end
    return value
  end
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
math.random, math.randomseed = checked(host.random), host.randomseed

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

local function caught(ok, ...)
  if ok then return true, ... end
  local err = ...
  if type(err) == 'table' then
    local text = rawget(err, 'err')
    if type(text) == 'string' then err = text end
  elseif type(err) == 'userdata' then
    err = tostring(err)
  end
  return false, err
end
G.pcall = function(...) return caught(pcall(...)) end
G.xpcall = xpcall

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

redis.call = function(...)
  local reply = api.call(...)
  if type(reply) == 'table' and rawget(reply, 'err') then error(reply, 0) end
  return reply
end
redis.pcall = function(...) return api.call(...) end

-- A message with its code: without one it is ERR.
local function with_code(text)
  if sub(text, 1, 1) == '-' then text = sub(text, 2) end
  return string.find(text, ' ', 1, true) and text or 'ERR ' .. text
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

local function raise(text) error({ err = 'ERR ' .. text }, 0) end
redis.sha1hex = function(...)
  if select('#', ...) ~= 1 then raise('wrong number of arguments') end
  return host.sha1hex(tostring(...))
end
redis.log = function(...)
  local level = ...
  if select('#', ...) < 2 then raise('redis.log() requires two arguments or more.') end
  if type(level) ~= 'number' then raise('First argument must be a number (log level).') end
  if level < 0 or level > 3 then raise('Invalid debug level.') end
end
redis.setresp = function(...)
  local version = ...
  if select('#', ...) ~= 1 then raise('redis.setresp() requires one argument.') end
  if version ~= 2 and version ~= 3 then raise('RESP version must be 2 or 3.') end
  api.setresp(version)
end
redis.set_repl = function(...)
  local flags = ...
  if select('#', ...) ~= 1 then raise('redis.set_repl() requires one argument.') end
  if type(flags) ~= 'number' or flags < 0 or flags > 3 then
    raise('Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.')
  end
end
redis.replicate_commands = function() return true end
redis.breakpoint = function() return false end
redis.debug = function() end
redis.acl_check_cmd = bare(function(...) return api.allowed(...) end)
G.redis = freeze(redis)

local cjson = {
  encode = checked(host.json_encode),
  decode = checked(host.json_decode),
  null = host.null,
  encode_keep_buffer = function() return true end,
  encode_max_depth = function() return 1000 end,
  decode_max_depth = function() return 1000 end,
  encode_invalid_numbers = function() return false end,
  decode_invalid_numbers = function() return false end,
  encode_sparse_array = function() return false, 2, 10 end,
  encode_number_precision = function() return 14 end,
  _NAME = 'cjson', _VERSION = '2.1.0',
}
G.cjson = freeze(cjson)
G.cmsgpack = freeze({
  pack = checked(host.msgpack_pack),
  unpack = function(...)
    local ok, values = host.msgpack_unpack(...)
    if not ok then error(values, 2) end
    return unpack(values, 1, values.n)
  end,
  _NAME = 'cmsgpack', _VERSION = 'lua-cmsgpack 0.4.0',
})
local bit = {}
for name, fn in pairs(host.bit) do bit[name] = checked(fn) end
G.bit = freeze(bit)

local function failed(err)
  if type(err) ~= 'table' then err = { err = 'ERR ' .. tostring(err) } end
  local source, line = host.where()
  rawset(err, 'source', source)
  rawset(err, 'line', line)
  return err
end

-- Runs a script; tells whether it ended well, and what it returned.
api.run = function(script, keys, argv)
  G.KEYS, G.ARGV = keys, argv
  local ok, value = xpcall(script, failed)
  G.KEYS, G.ARGV = nil, nil
  return ok, value
end

return api
