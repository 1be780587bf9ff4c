-- What scripts find around them. `raw` are functions of the server, `where` tells the line of the
-- script that is running.
local raw, where = ...

local function raise(reply)
    if type(reply) == "table" and reply.err ~= nil then error(reply, 0) end
    return reply
end

redis = {
    call = function(...) return raise(raw.call(...)) end,
    pcall = function(...) return raw.call(...) end,
    sha1hex = function(...)
        if select("#", ...) ~= 1 then error("wrong number of arguments", 0) end
        return raw.sha1hex(...)
    end,
    error_reply = function(text)
        if type(text) ~= "string" then return {err = "ERR wrong number or type of arguments"} end
        if text:sub(1, 1) == "-" then text = text:sub(2) end
        return {err = text}
    end,
    status_reply = function(text)
        if type(text) ~= "string" then return {err = "ERR wrong number or type of arguments"} end
        return {ok = text}
    end,
    log = function() end,
    setresp = function(version) raw.setresp(version) end,
    set_repl = function() end,
    replicate_commands = function() return true end,
    breakpoint = function() return false end,
    debug = function() end,
    LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
    REPL_NONE = 0, REPL_SLAVE = 1, REPL_REPLICA = 1, REPL_AOF = 2, REPL_ALL = 3,
    REDIS_VERSION = "7.0.15", REDIS_VERSION_NUM = 0x0007000f,
}

cjson = {encode = raw.encode, decode = raw.decode, null = raw.null}

bit = {
    tobit = function(a) return raw.bits("tobit", a, 0) end,
    bnot = function(a) return raw.bits("bnot", a, 0) end,
    band = function(a, ...) for _, b in ipairs({...}) do a = raw.bits("band", a, b) end return a end,
    bor = function(a, ...) for _, b in ipairs({...}) do a = raw.bits("bor", a, b) end return a end,
    bxor = function(a, ...) for _, b in ipairs({...}) do a = raw.bits("bxor", a, b) end return a end,
    lshift = function(a, b) return raw.bits("lshift", a, b) end,
    rshift = function(a, b) return raw.bits("rshift", a, b) end,
    arshift = function(a, b) return raw.bits("arshift", a, b) end,
}

for _, name in ipairs({"print", "dofile", "loadfile", "module", "require", "newproxy", "package"}) do
    _G[name] = nil
end

local function handle(err)
    if type(err) ~= "table" then err = {err = "ERR " .. tostring(err)} end
    local line = where()
    return {err = err.err, line = line}
end

local xpcall, unpack = xpcall, unpack

-- Runs a script; what it raises comes back as a table with its line.
raw.run = function(script)
    return xpcall(script, handle)
end

-- Everything is in place; scripts must not add to it.
raw.close = function()
    setmetatable(_G, {
        __index = function(_, name)
            error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
        end,
        __newindex = function() error("Attempt to modify a readonly table", 2) end,
    })
end
