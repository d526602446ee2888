-- What wrk sends, and what it writes at the end: one line of counts and times.
--
-- Arguments: a file of requests, a line each: the path, then name and value of each header field, between tabs;
-- the status that every answer has to have; how many requests to send, or 0 for as many as there is time for;
-- the first number, where paths hold {number}: each request gets another one.

local requests, status, wanted, number

local LINE = "measured requests=%d microseconds=%d bytes=%d wrong=%d p50=%d p99=%d\n"
local STEP = 0.001
local FOR_EVER = 1000000

local function read_request(line)
  local fields, headers = {}, {}
  for field in line:gmatch("[^\t]+") do fields[#fields + 1] = field end
  for index = 2, #fields, 2 do headers[fields[index]] = fields[index + 1] end
  local path = fields[1]
  if path:find("{number}", 1, true) then
    return function()
      number = number + STEP
      local numbered = path:gsub("{number}", string.format("%.3f", number))
      return wrk.format("GET", numbered, headers)
    end
  end
  local formatted = wrk.format("GET", path, headers)
  return function() return formatted end
end

-- Sends a number of requests, each once, and ends with the last answer; wrk itself only knows durations.
local function count()
  local ffi = require("ffi")
  ffi.cdef("typedef struct { long seconds; long nanoseconds; } moment; int clock_gettime(int, moment *);")
  local CLOCK_MONOTONIC = 1
  local function microseconds()
    local moment = ffi.new("moment")
    ffi.C.clock_gettime(CLOCK_MONOTONIC, moment)
    return tonumber(moment.seconds) * 1e6 + tonumber(moment.nanoseconds) / 1e3
  end

  local allowed, sent, answered, wrong, bytes, started = 0, -1, 0, 0, 0, 0 -- wrk asks for one request to look at
  local take = request
  function delay() -- comes once before each request
    allowed = allowed + 1
    return allowed <= wanted and 0 or FOR_EVER
  end
  function request()
    sent = sent + 1
    if sent == 1 then started = microseconds() end
    return take()
  end
  function response(given, headers, body)
    answered, bytes = answered + 1, bytes + #body
    if given ~= status then
      wrong = wrong + 1
      if wrong == 1 then io.write("other status: ", given, " ", body:sub(1, 200), "\n") end
    end
    if answered == wanted then
      io.write(LINE:format(answered, microseconds() - started, bytes, wrong, 0, 0))
      os.exit(0)
    end
  end
end

function init(arguments)
  status, wanted, number = tonumber(arguments[2]), tonumber(arguments[3]), tonumber(arguments[4])
  requests = {}
  for line in io.lines(arguments[1]) do requests[#requests + 1] = read_request(line) end
  local turn = -1
  function request()
    turn = turn + 1
    return requests[math.max(turn - 1, 0) % #requests + 1]()
  end
  if wanted > 0 then count() end
end

function done(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local p50, p99 = latency:percentile(50), latency:percentile(99)
  io.write(LINE:format(summary.requests, summary.duration, summary.bytes, wrong, p50, p99))
end
