-- Asks for one address of a file after the other, from a place of its own on, and tells how long answers took.
-- NEW in an address becomes a number that was not there before; each connection pauses before it asks once more.
local addresses = {}
local place, pause, number = 0, 0, 0

function init(arguments)
   for address in io.lines(arguments[1]) do
      addresses[#addresses + 1] = address
   end
   place = tonumber(arguments[2]) % #addresses
   pause = tonumber(arguments[3])
end

function delay()
   return pause
end

function request()
   place = place % #addresses + 1
   number = number + 1
   return wrk.format("GET", (addresses[place]:gsub("NEW", string.format("%.2f", number / 100 - 500))))
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format("told %d %d %d %d %d %d %d %d %d\n", summary.requests,
      errors.connect, errors.read, errors.write, errors.status, errors.timeout,
      latency:percentile(50), latency:percentile(99), latency.max))
end
