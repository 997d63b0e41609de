using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class SignInOptions
{
    /// <summary>How long a session lasts without being used.</summary>
    [Range(1, 720)]
    public int SessionIdleHours { get; set; } = 12;

    /// <summary>How long an invitation is valid.</summary>
    [Range(1, 720)]
    public int InvitationHours { get; set; } = 72;

    /// <summary>How long a confirmation by password or passkey lasts for actions on several servers.</summary>
    [Range(1, 60)]
    public int ConfirmedMinutes { get; set; } = 5;

    /// <summary>Sign-in attempts a minute from one address, before it gets 429.</summary>
    [Range(1, 100_000)]
    public int AttemptsPerMinute { get; set; } = 10;

    /// <summary>Roles by groups for OpenID Connect and Windows, separated by semicolons: GROUP=Role for the whole fleet, GROUP=Role:SITE,SITE for sites. GROUP is what the claim holds; for Windows a SID or DOMAIN\name.</summary>
    public string GroupRoles { get; set; } = "";
}
