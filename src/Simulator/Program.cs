using WsusDashboard.Simulator.Demo;

return await DemoCommand.RunAsync(args, Console.Out, Console.Error);
