using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>
/// The rules of the Windows firewall through its COM interface (INetFwPolicy2). Not netsh.exe: its words are translated, its arguments
/// would be one more line to quote, and the agent's list of programs stays at one.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class WindowsFirewall
{
    private const int Tcp = 6;
    private const int Inbound = 1;
    private const int Allow = 1;
    private const int DomainAndPrivate = 1 | 2;
    private const int FileNotFound = unchecked((int)0x80070002);

    public static FirewallRule? Find(string name)
    {
        try
        {
            dynamic rule = Rules().Item(name);
            return new FirewallRule(name, (string)rule.ApplicationName, int.Parse((string)rule.LocalPorts, CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is FileNotFoundException or COMException { HResult: FileNotFound })
        {
            return null;
        }
        catch (FormatException)
        {
            // A rule of our name for several ports is not ours as it should be: it is made anew.
            return new FirewallRule(name, "", 0);
        }
    }

    public static void Add(FirewallRule rule)
    {
        dynamic made = Create("HNetCfg.FWRule");
        made.Name = rule.Name;
        made.Description = "Lets the dashboard reach the WsusDashboard agent on this server.";
        made.ApplicationName = rule.Program;
        made.Protocol = Tcp;
        made.LocalPorts = rule.Port.ToString(CultureInfo.InvariantCulture);
        made.Direction = Inbound;
        made.Action = Allow;
        made.Profiles = DomainAndPrivate;
        made.Enabled = true;
        Rules().Add(made);
    }

    public static void Remove(string name) => Rules().Remove(name);

    private static dynamic Rules() => ((dynamic)Create("HNetCfg.FwPolicy2")).Rules;

    private static object Create(string program) =>
        Activator.CreateInstance(Type.GetTypeFromProgID(program, throwOnError: true)!)!;
}
