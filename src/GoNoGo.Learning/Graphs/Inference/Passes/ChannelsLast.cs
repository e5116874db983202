using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Graphs.Inference.Passes;

/// <summary>
/// Lays all maps between the network's input and its outputs out with the channels last, as the tokens of their pixels: convolutions become
/// products with packed weights, pooling runs along channels, and maps turn into tokens at no cost. Values are exchanged only where an
/// output is a map, or where an operator has no such form. The last pass: it works on fused operators.
/// </summary>
public sealed class ChannelsLast : IGraphPass
{
    /// <inheritdoc/>
    public Graph Apply(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new Rewriting(graph).Run();
    }

    private static bool IsMap(GraphShape shape) => shape.Item.Rank == 3;

    private sealed class Rewriting(Graph graph)
    {
        private readonly List<GraphNode> _nodes = [];

        // The new nodes that hold an old one's value: as a map (or as whatever else it is), and as the tokens of its pixels.
        private readonly int[] _own = [.. Enumerable.Repeat(-1, graph.Nodes.Count)];
        private readonly int[] _pixels = [.. Enumerable.Repeat(-1, graph.Nodes.Count)];

        public Graph Run()
        {
            _own[0] = Add(graph.Nodes[0]);
            for (int number = 1; number < graph.Nodes.Count; number++)
            {
                Rewrite(number, graph.Nodes[number]);
            }

            return new Graph(_nodes, graph.Outputs.ToDictionary(output => output.Key, output => Own(output.Value), StringComparer.Ordinal), []);
        }

        private void Rewrite(int number, GraphNode node)
        {
            GraphShape x = graph.Nodes[node.Inputs[0]].Shape;
            switch (node.Operator)
            {
                case MapToTokensOp:
                    _own[number] = Pixels(node.Inputs[0]);
                    break;
                case TokensToMapOp:
                    _pixels[number] = Pixels(node.Inputs[0]);
                    break;
                case FusedConv2dOp { Convolution.Window: var window } when PackedConvolution.Supports(window):
                    // The first convolution reads the images as they come.
                    bool readsMap = _pixels[node.Inputs[0]] < 0;
                    _pixels[number] = Add(node with
                    {
                        Operator = new PixelsOp(node.Operator, x),
                        Inputs = [readsMap ? Own(node.Inputs[0]) : Pixels(node.Inputs[0]), .. node.Inputs.Skip(1).Select(Pixels)],
                        Shape = PixelsOp.Tokens(node.Shape),
                    });
                    break;
                case MaxPool2dOp or AvgPool2dOp or PoolMixerOp or BatchNorm2dOp:
                    _pixels[number] = Add(OnPixels(node) with { Operator = new PixelsOp(node.Operator, x) });
                    break;
                case ActivationOp or AddOp or SubtractOp or ScaleOp or ScaleChannelsOp when IsMap(node.Shape):
                    _pixels[number] = Add(OnPixels(node));
                    break;
                case MeanOverPositionsOp when IsMap(x):
                    _own[number] = Add(node with { Inputs = [Pixels(node.Inputs[0])] });
                    break;
                default:
                    _own[number] = Add(node with { Inputs = [.. node.Inputs.Select(Own)] });
                    break;
            }
        }

        private GraphNode OnPixels(GraphNode node) => node with { Inputs = [.. node.Inputs.Select(Pixels)], Shape = PixelsOp.Tokens(node.Shape) };

        private int Own(int number)
        {
            if (_own[number] < 0)
            {
                Shape map = graph.Nodes[number].Shape.Item;
                _own[number] = Add(new GraphNode(graph.Nodes[number].Path, new TokensToMapOp(map[1], map[2]), [_pixels[number]], graph.Nodes[number].Shape));
            }

            return _own[number];
        }

        private int Pixels(int number)
        {
            GraphNode node = graph.Nodes[number];
            if (!IsMap(node.Shape))
            {
                return _own[number];
            }

            if (_pixels[number] < 0)
            {
                _pixels[number] = Add(new GraphNode(node.Path, new MapToTokensOp(), [_own[number]], PixelsOp.Tokens(node.Shape)));
            }

            return _pixels[number];
        }

        private int Add(GraphNode node)
        {
            _nodes.Add(node);
            return _nodes.Count - 1;
        }
    }
}
