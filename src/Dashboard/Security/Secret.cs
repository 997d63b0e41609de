using System.Diagnostics;

namespace WsusDashboard.Dashboard.Security;

/// <summary>A secret of the options. Written into a log, a message or JSON it is masked by its type; only <see cref="Reveal"/> tells it.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Secret
{
    private readonly string _value;

    public Secret(string value) => _value = value;

    public static Secret Empty { get; } = new("");

    public bool IsEmpty => _value.Length == 0;

    /// <summary>The value, for the one place that needs it.</summary>
    public string Reveal() => _value;

    /// <summary>Empty for no secret, else a mask that tells nothing, not even the length.</summary>
    public override string ToString() => IsEmpty ? "" : "(secret)";
}
