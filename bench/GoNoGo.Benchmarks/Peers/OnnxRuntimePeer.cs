using System.Diagnostics;
using System.Globalization;

namespace GoNoGo.Benchmarks.Peers;

/// <summary>
/// ONNX Runtime on an exported network: node with the npm package onnxruntime-node, which lies in the folder <c>GONOGO_ONNXRUNTIME</c>
/// (<c>npm install --ignore-scripts onnxruntime-node</c>).
/// </summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private readonly Process _process;

    private OnnxRuntimePeer(Process process) => _process = process;

    /// <summary>Opens a model; null where node or the package is not installed.</summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="shape">The shape of the input, for example <c>1x3x224x224</c>.</param>
    /// <param name="threads">Threads that it may use.</param>
    public static OnnxRuntimePeer? TryStart(string model, string shape, int threads)
    {
        string? folder = Environment.GetEnvironmentVariable("GONOGO_ONNXRUNTIME");
        string? script = PeerScripts.Find("onnxruntime.cjs");
        if (folder is null || script is null)
        {
            return null;
        }

        var start = new ProcessStartInfo("node", [script, "time", model, shape, threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(folder, "node_modules");
        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() == "ready")
            {
                return new OnnxRuntimePeer(process);
            }

            process.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Seconds per call over so many calls, by the wall clock or by the processor time of its process.</summary>
    public double Run(int calls, bool cpuTime)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"go {calls}"));
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("ONNX Runtime ended.");
        return double.Parse(answer.Split(' ')[cpuTime ? 1 : 0], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
