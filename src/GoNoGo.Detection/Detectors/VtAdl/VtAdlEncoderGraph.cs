using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary><see cref="VtAdlEncoder"/> as a graph, with the same parameter names: patches <c>[P, patch * patch * C]</c> to features <c>[P, D]</c>.</summary>
internal static class VtAdlEncoderGraph
{
    /// <summary>The name of the output.</summary>
    public const string Output = "encoded";

    /// <summary>The graph.</summary>
    public static Graph Build(VtAdlSettings settings)
    {
        int width = settings.Width;
        int tokens = settings.HasClassToken ? 1 : 0;
        GraphBuilder root = GraphBuilder.Create(new Shape(settings.Patches, settings.Patch * settings.Patch * settings.Channels), out GraphValue patches);
        GraphBuilder encoder = root.Child("vt");
        GraphValue x = encoder.Linear("patch_to_embedding", patches, width);
        if (settings.HasClassToken)
        {
            x = encoder.Add("cls_token", new ConcatTokensOp([GraphParameter.Table(encoder.Path("cls_token"), new Shape(1, 1, width))]), x);
        }

        x = encoder.Add("pos_embedding", new AddPositionsOp(GraphParameter.Table(encoder.Path("pos_embedding"), new Shape(1, settings.Patches + tokens, width)), tokens), x);
        for (int layer = 0; layer < settings.Depth; layer++)
        {
            x = Layer(settings, encoder.Child("transformer").Child("layers").Child($"{layer}"), x);
        }

        root.Output(Output, settings.HasClassToken ? encoder.Add("patches", new SliceTokensOp(1, settings.Patches), x) : x);
        return root.Build();
    }

    private static GraphValue Layer(VtAdlSettings settings, GraphBuilder builder, GraphValue x)
    {
        int head = settings.Width / settings.Heads;
        GraphBuilder attention = builder.Child("0").Child("fn");
        GraphValue projected = attention.Child("fn").Linear("to_qkv", attention.LayerNorm("norm", x, VtAdlEncoderLayer.NormEpsilon), 3 * settings.Width, bias: false);
        GraphValue attended = attention.Add("attend", new AttentionOp(new AttentionLayout(settings.Heads, head, head), VtAdlEncoderLayer.Scale(settings)), projected);
        x = attention.Add("sum", new AddOp(), x, attention.Child("fn").Child("to_out").Linear("0", attended, settings.Width));
        GraphBuilder forward = builder.Child("1").Child("fn");
        GraphBuilder net = forward.Child("fn").Child("net");
        GraphValue hidden = net.Add("1", new ActivationOp(MatrixActivation.Gelu), net.Linear("0", forward.LayerNorm("norm", x, VtAdlEncoderLayer.NormEpsilon), settings.MlpWidth));
        return forward.Add("sum", new AddOp(), x, net.Linear("2", hidden, settings.Width));
    }
}
