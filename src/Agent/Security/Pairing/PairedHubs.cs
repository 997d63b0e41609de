using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Pairing;

/// <summary>The hubs that this agent trusts, in hubs.json of its data folder.</summary>
/// <remarks>Safe for use from several threads. A change is on the disk before it counts. A damaged file means that no hub is trusted.</remarks>
internal sealed partial class PairedHubs
{
    public const string FileName = "hubs.json";

    /// <summary>Most hubs of one agent: a dashboard, its successor, and room for a mistake.</summary>
    public const int Maximum = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Lock _gate = new();
    private readonly string _path;
    private IReadOnlyList<PairedHub> _hubs;

    public PairedHubs(string dataDirectory, ILogger<PairedHubs> logger)
    {
        _path = Path.Combine(dataDirectory, FileName);
        try
        {
            _hubs = File.Exists(_path) ? JsonSerializer.Deserialize<List<PairedHub>>(File.ReadAllText(_path), Json) ?? [] : [];
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            _hubs = [];
            Log.NotReadable(logger, _path, exception);
        }
    }

    /// <summary>The list is another one. Raised under the lock of the writer: handlers return at once.</summary>
    public event Action? Changed;

    public IReadOnlyList<PairedHub> All
    {
        get
        {
            lock (_gate)
            {
                return _hubs;
            }
        }
    }

    /// <summary>The hub with this key. One that shows its announced next key uses it from now on.</summary>
    public PairedHub? FindByPin(string pin)
    {
        lock (_gate)
        {
            if (_hubs.FirstOrDefault(hub => KeyPin.AreSame(hub.Pin, pin)) is { } known)
            {
                return known;
            }

            return _hubs.FirstOrDefault(hub => KeyPin.AreSame(hub.NextPin, pin)) is { } renewed
                ? Replace(renewed, renewed with { Pin = pin, NextPin = null })
                : null;
        }
    }

    /// <summary>Why no further hub can be paired; null where one can. A stranger reads it, so it names no dashboard.</summary>
    public string? RefuseNew(string hubId)
    {
        lock (_gate)
        {
            return _hubs.Count < Maximum || _hubs.Any(hub => hub.Id == hubId)
                ? null
                : $"This agent already trusts {Maximum} dashboards, the maximum. On the server, \"WsusDashboard.Agent hubs\" lists them; run \"WsusDashboard.Agent unpair HUB\" for one you no longer use.";
        }
    }

    /// <summary>Trusts a hub; one of the same id is replaced.</summary>
    public void Add(PairedHub hub)
    {
        lock (_gate)
        {
            Save([.. _hubs.Where(other => other.Id != hub.Id && !KeyPin.AreSame(other.Pin, hub.Pin)), hub]);
        }
    }

    /// <summary>Forgets a hub; null where it is not there any more.</summary>
    public PairedHub? Remove(string hubId)
    {
        lock (_gate)
        {
            var removed = _hubs.FirstOrDefault(hub => hub.Id == hubId);
            if (removed is not null)
            {
                Save([.. _hubs.Where(hub => hub.Id != hubId)]);
            }

            return removed;
        }
    }

    public void Change(string hubId, Func<PairedHub, PairedHub> change)
    {
        lock (_gate)
        {
            if (_hubs.FirstOrDefault(hub => hub.Id == hubId) is { } hub)
            {
                Replace(hub, change(hub));
            }
        }
    }

    private PairedHub Replace(PairedHub old, PairedHub renewed)
    {
        Save([.. _hubs.Select(hub => ReferenceEquals(hub, old) ? renewed : hub)]);
        return renewed;
    }

    private void Save(IReadOnlyList<PairedHub> hubs)
    {
        try
        {
            PrivateFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(hubs, Json));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(CommandFailure.Unavailable, $"The agent can't write {_path}: {exception.Message} It trusts the same dashboards as before.", exception);
        }

        _hubs = hubs;
        Changed?.Invoke();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "{Path} can't be read, so no dashboard is trusted until the file is fixed or a dashboard is paired again.")]
        public static partial void NotReadable(ILogger logger, string path, Exception exception);
    }
}
