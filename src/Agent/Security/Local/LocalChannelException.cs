namespace WsusDashboard.Agent.Security.Local;

/// <summary>The local channel of an agent can't be used; the message is for a person.</summary>
/// <param name="message">What happened.</param>
/// <param name="isAbsent">True where no agent listens at all.</param>
/// <param name="inner">What the system said.</param>
public sealed class LocalChannelException(string message, bool isAbsent, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>True where no agent listens at all; else somebody listens, or access is refused.</summary>
    public bool IsAbsent => isAbsent;
}
