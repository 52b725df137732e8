// As an unregistered dialect a whole graph passes through stock mlir-opt.
func.func @f(%t: tensor<f32>) -> tensor<f32> {
  %x = "sam.graph"() ({
    %b = "sam.bind"(%t) : (tensor<f32>) -> !sam.tensor<tensor<f32>, [], array<i64>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%b, %root) : (!sam.tensor<tensor<f32>, [], array<i64>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return %x : tensor<f32>
}
