using System.Globalization;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Pairing;

/// <summary>The pairing code that is open now: one at a time, for ten minutes, for one use, for a few attempts. It lives in memory only.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class PairingCodes(TimeProvider timeProvider)
{
    public const int MaximumAttempts = 5;

    private const string NewCode = "Run \"WsusDashboard.Agent pair\" on the server for a new one.";

    private readonly Lock _gate = new();
    private OpenCode? _open;
    private string _closedBecause = $"No pairing code is open on this agent. {NewCode}";

    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(10);

    /// <summary>When the open code ends; null where none is open.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return _open?.ExpiresAt;
            }
        }
    }

    /// <summary>Makes a new code; the one before is void.</summary>
    public (PairingCode Code, DateTimeOffset ExpiresAt) Open()
    {
        lock (_gate)
        {
            _open = new(PairingCode.Create(), timeProvider.GetUtcNow() + Lifetime, timeProvider.GetTimestamp());
            return (_open.Code, _open.ExpiresAt);
        }
    }

    /// <summary>Uses the code up where the proof is right; else it counts an attempt.</summary>
    /// <returns>The agent's own proof.</returns>
    /// <exception cref="CommandException">No code is open, or the proof is wrong.</exception>
    public byte[] Use(PairingChannel channel, ReadOnlySpan<byte> proof)
    {
        lock (_gate)
        {
            Expire();
            if (_open is not { } open)
            {
                throw new CommandException(CommandFailure.Refused, _closedBecause);
            }

            if (!PairingProof.IsRight(proof, PairingRole.Hub, open.Code, channel))
            {
                throw CountAttempt(open);
            }

            Close("was used");
            return PairingProof.Create(PairingRole.Agent, open.Code, channel);
        }
    }

    private CommandException CountAttempt(OpenCode open)
    {
        open.Attempts++;
        var left = MaximumAttempts - open.Attempts;
        const string wrong = "The pairing code isn't the one this agent shows, or someone between the dashboard and this agent is showing another key.";
        if (left > 0)
        {
            return new CommandException(CommandFailure.Refused, string.Create(CultureInfo.InvariantCulture, $"{wrong} Attempts left: {left}."));
        }

        Close(string.Create(CultureInfo.InvariantCulture, $"is void after {MaximumAttempts} wrong attempts"));
        return new CommandException(CommandFailure.Refused, $"{wrong} The code is no longer valid. {NewCode}");
    }

    private void Expire()
    {
        if (_open is { } open && timeProvider.GetElapsedTime(open.OpenedAt) >= Lifetime)
        {
            Close(string.Create(CultureInfo.InvariantCulture, $"expired at {open.ExpiresAt.UtcDateTime:HH:mm} UTC; codes are valid for {Lifetime.TotalMinutes:0} minutes"));
        }
    }

    private void Close(string because)
    {
        _open = null;
        _closedBecause = $"This agent's last pairing code {because}. {NewCode}";
    }

    /// <param name="Code">The code.</param>
    /// <param name="ExpiresAt">UTC, for a person.</param>
    /// <param name="OpenedAt">Timestamp of the clock that nobody sets.</param>
    private sealed record OpenCode(PairingCode Code, DateTimeOffset ExpiresAt, long OpenedAt)
    {
        public int Attempts { get; set; }
    }
}
