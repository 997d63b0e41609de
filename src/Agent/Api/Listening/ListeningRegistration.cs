using System.Runtime.Versioning;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.NamedPipes;
using WsusDashboard.Agent.Windows.Native;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>Registers what opens the local channel. Kestrel's own transports come first: it asks them for theirs.</summary>
internal static class ListeningRegistration
{
    public static void AddLocalChannel(this WebApplicationBuilder builder)
    {
        if (OperatingSystem.IsWindows())
        {
            builder.WebHost.UseNamedPipes(ClosePipes);
        }

        builder.Services.AddSingleton<IConnectionListenerFactory, SharedListenerFactory>();
    }

    [SupportedOSPlatform("windows")]
    private static void ClosePipes(NamedPipeTransportOptions pipes) => (pipes.CurrentUserOnly, pipes.PipeSecurity) = (false, LocalPipe.CreateSecurity());
}
