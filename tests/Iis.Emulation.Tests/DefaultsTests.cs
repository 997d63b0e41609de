using Microsoft.Web.Administration;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>Where a value comes from when the pool does not say it, and when an attribute is written at all.</summary>
public sealed class DefaultsTests
{
    private const string Pools = """
        <add name="Plain" />
                    <add name="Own" queueLength="3000">
                        <recycling>
                            <periodicRestart memory="5">
                                <schedule>
                                    <clear />
                                    <add value="04:00:00" />
                                </schedule>
                            </periodicRestart>
                        </recycling>
                    </add>
                    <applicationPoolDefaults queueLength="2000" managedRuntimeVersion="v4.0">
                        <processModel idleTimeout="01:00:00" />
                        <recycling>
                            <periodicRestart privateMemory="700">
                                <schedule>
                                    <add value="02:00:00" />
                                </schedule>
                            </periodicRestart>
                        </recycling>
                    </applicationPoolDefaults>
        """;

    [Fact]
    public void Read_OwnThenDefaultsElementThenSchema_InThatOrder()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        using var manager = folder.Open();
        var (plain, own) = (manager.ApplicationPools["Plain"]!, manager.ApplicationPools["Own"]!);

        Assert.Equal((2000, 3000), (plain.QueueLength, own.QueueLength));
        Assert.Equal(("v4.0", "v4.0"), (plain.ManagedRuntimeVersion, own.ManagedRuntimeVersion));
        Assert.Equal(TimeSpan.FromHours(1), plain.ProcessModel.IdleTimeout);
        Assert.Equal((700, 700), (plain.Recycling.PeriodicRestart.PrivateMemory, own.Recycling.PeriodicRestart.PrivateMemory));
        Assert.Equal((0, 5), (plain.Recycling.PeriodicRestart.Memory, own.Recycling.PeriodicRestart.Memory));
        Assert.Equal(5, plain.Failure.RapidFailProtectionMaxCrashes);
        Assert.Equal([TimeSpan.FromHours(2)], plain.Recycling.PeriodicRestart.Schedule.Select(schedule => schedule.Time));
        Assert.Equal([TimeSpan.FromHours(4)], own.Recycling.PeriodicRestart.Schedule.Select(schedule => schedule.Time));
        Assert.Equal((2000, TimeSpan.FromHours(1)), (manager.ApplicationPoolDefaults.QueueLength, manager.ApplicationPoolDefaults.ProcessModel.IdleTimeout));
    }

    [Fact]
    public void Set_ValueThatHoldsWithoutTheAttribute_RemovesTheAttribute()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        var before = folder.Text;

        folder.Change(manager =>
        {
            var own = manager.ApplicationPools["Own"]!;
            (own.QueueLength, own.Recycling.PeriodicRestart.Memory, own.ManagedRuntimeVersion) = (2000, 0, "v4.0");
        });

        Assert.Equal(
            before.Replace("<add name=\"Own\" queueLength=\"3000\">", "<add name=\"Own\">", StringComparison.Ordinal)
                .Replace("<periodicRestart memory=\"5\">", "<periodicRestart>", StringComparison.Ordinal),
            folder.Text);
    }

    [Fact]
    public void Set_DefaultOfTheSchemaWhereDefaultsElementSaysOther_IsWritten()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);

        folder.Change(manager =>
        {
            var plain = manager.ApplicationPools["Plain"]!;
            (plain.QueueLength, plain.ProcessModel.IdleTimeout) = (1000, TimeSpan.FromMinutes(20));
        });

        using var manager = folder.Open();
        Assert.Equal((1000, TimeSpan.FromMinutes(20)), (manager.ApplicationPools["Plain"]!.QueueLength, manager.ApplicationPools["Plain"]!.ProcessModel.IdleTimeout));
        Assert.Contains("<add name=\"Plain\" queueLength=\"1000\">", folder.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_ValueThatIsWrittenAlready_ChangesNothing()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" queueLength = '1000' autoStart=\"TRUE\" />");
        var before = folder.Bytes;

        folder.Change(manager => (manager.ApplicationPools["Pool"]!.QueueLength, manager.ApplicationPools["Pool"]!.AutoStart) = (1000, true));

        Assert.Equal(before, folder.Bytes);
    }

    [Fact]
    public void SetAndUndo_AttributeInTheMiddle_ReturnsToItsPlace()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" queueLength='3000' startMode=\"AlwaysRunning\" />");
        var before = folder.Bytes;

        folder.Change(manager => manager.ApplicationPools["Pool"]!.QueueLength = 1000);
        Assert.DoesNotContain("queueLength", folder.Text, StringComparison.Ordinal);
        folder.Change(manager => manager.ApplicationPools["Pool"]!.QueueLength = 3000);

        Assert.Equal(System.Text.Encoding.UTF8.GetString(before).Replace('\'', '"'), folder.Text);
    }

    [Fact]
    public void ApplicationPoolDefaults_Absent_IsCreatedAndHoldsForPools()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" />");

        folder.Change(manager =>
        {
            manager.ApplicationPoolDefaults.QueueLength = 5000;
            Assert.Equal(5000, manager.ApplicationPools["Pool"]!.QueueLength);
        });

        Assert.Contains("            <add name=\"Pool\" />\n            <applicationPoolDefaults queueLength=\"5000\" />\n        </applicationPools>", folder.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ApplicationPoolName_NotSaid_IsThatOfTheSiteThenOfTheSection()
    {
        using var folder = new ConfigurationFolder("""
            <configuration>
              <system.applicationHost>
                <sites>
                  <site name="WSUS Administration" id="2" serverAutoStart="true">
                    <application path="/" />
                    <application path="/ClientWebService" applicationPool="WsusPool"><virtualDirectory path="/" physicalPath="%ProgramFiles%\Update Services" /></application>
                    <applicationDefaults applicationPool="SitePool" />
                  </site>
                  <site name="Other" id="3"><application path="/" /></site>
                  <siteDefaults serverAutoStart="false"><bindings><binding protocol="http" bindingInformation="*:80:" /></bindings></siteDefaults>
                  <applicationDefaults applicationPool="DefaultAppPool" />
                </sites>
              </system.applicationHost>
            </configuration>
            """);
        using var manager = folder.Open();
        var wsus = manager.Sites["wsus administration"]!;

        Assert.Equal(["SitePool", "WsusPool"], wsus.Applications.Select(application => application.ApplicationPoolName));
        Assert.Equal(@"%ProgramFiles%\Update Services", wsus.Applications["/clientwebservice"]!.VirtualDirectories["/"]!.PhysicalPath);
        Assert.Equal((2, ObjectState.Started), (wsus.Id, wsus.State));
        var other = manager.Sites["Other"]!;
        Assert.Equal("DefaultAppPool", other.Applications["/"]!.ApplicationPoolName);
        Assert.Equal(ObjectState.Stopped, other.State);
        Assert.Equal(("http", "*:80:"), (other.Bindings[0].Protocol, other.Bindings[0].BindingInformation));
        Assert.Empty(manager.ApplicationPools);
    }
}
