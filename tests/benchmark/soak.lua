-- Asks for one address of a file after the other, from a place of its own on, and tells how long answers took.
local requests = {}
local place = 0

function init(arguments)
   for address in io.lines(arguments[1]) do
      requests[#requests + 1] = wrk.format("GET", address)
   end
   place = tonumber(arguments[2]) % #requests
end

function request()
   place = place % #requests + 1
   return requests[place]
end

function done(summary, latency, _)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format("told %d %d %d %d %d\n",
      summary.requests, failed, latency:percentile(50), latency:percentile(99), latency.max))
end
